import type { ImageReference } from '../reference';
import { byRegistry, countByStatus, STATUS_WORDS, type Inventory } from '../report';

/**
 * The inventory for people: each file with its references, then the totals.
 *
 *      web/Dockerfile
 *        1:6       needs rewrite  docker.io/library/nginx:1.27 -> harbor.example.com/proxy.docker.io/library/nginx:1.27
 *
 *      1 reference in 1 file: 0 covered, 1 to rewrite, 0 bypass the cache, 0 unresolvable
 *        docker.io: 1, 1 past the cache
 */
export function* renderText(inventory: Inventory): Iterable<string> {
  for (const [file, found] of grouped(inventory.references))
    yield `${[file, ...found.map((reference) => `  ${line(reference)}`), ''].join('\n')}\n`;
  yield summary(inventory);
}

function grouped(references: readonly ImageReference[]): Map<string, ImageReference[]> {
  const found = new Map<string, ImageReference[]>();
  for (const reference of references) {
    const list = found.get(reference.file) ?? [];
    found.set(reference.file, list);
    list.push(reference);
  }
  return found;
}

function line(reference: ImageReference): string {
  const { place, status, written, target, why, project } = reference;
  const at = (place ? `${place.line}:${place.column}` : '').padEnd(8);
  const what = `${STATUS_WORDS[status].padEnd(13)}  ${reference.reference ?? written}`;
  const more = target !== undefined ? ` -> ${target}` : why !== undefined ? ` (${why})` : ` (project ${project})`;
  return `${at}  ${what}${more}`;
}

function summary({ references, problems, skipped, files }: Inventory): string {
  const counts = countByStatus(references);
  const left = Object.entries(skipped).map(([rule, count]) => `${rule} (${count})`);
  return `${[
    `${counted(references.length, 'reference')} in ${counted(files, 'file')}: ${counts.covered} covered, ${counts['needs-rewrite']} to rewrite, ${counts.bypass} bypass the cache, ${counts.unresolvable} unresolvable`,
    ...byRegistry(references)
      .slice(0, 10)
      .map(({ registry, total, past }) => `  ${registry}: ${total}, ${past} past the cache`),
    ...(left.length > 0 ? [`left out: ${left.sort().join(', ')}`] : []),
    ...(problems.length > 0 ? [`${counted(problems.length, 'file')} could not be read completely`] : []),
  ].join('\n')}\n`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
