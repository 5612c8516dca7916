import { compareText } from '../../compare-text';
import { STATUSES } from '../cache';
import type { ImageReference } from '../reference';
import { countByStatus, STATUS_WORDS, whereOf, type Counts, type Inventory } from '../report';

const MAX_BARS = 15;
const WIDTH = 640;
const BAR = 18;
const STEP = 30;
const LABEL = 240;

/**
 * One page without scripts or external resources: a chart of the upstreams with the share that bypasses the cache, then
 * every reference.
 */
export function* renderHtml(inventory: Inventory, version: string): Iterable<string> {
  const { references, files, problems, skipped } = inventory;
  const counts = countByStatus(references);
  const past = references.length - counts.covered;
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>Image inventory</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<main>\n`;
  yield `<h1>Image inventory</h1>\n<p class="verdict">${past} of ${references.length} references go past the cache (${percent(past, references.length)}), in ${files} files.</p>\n`;
  yield `<ul class="legend">${STATUSES.map((status) => `<li><i class="${status}"></i>${STATUS_WORDS[status]}: ${counts[status]}</li>`).join('')}</ul>\n`;
  yield picture(upstreamsOf(references));
  yield '<table>\n<caption>References</caption>\n<thead><tr><th>Where</th><th>Image</th><th>Status</th><th>What to do</th></tr></thead>\n<tbody>\n';
  for (const reference of references) yield row(reference);
  yield '</tbody>\n</table>\n';
  if (problems.length > 0)
    yield `<h2>Not read completely</h2>\n<ul>${problems.map(({ file, line, message }) => `<li><code>${escape(line === undefined ? file : `${file}:${line}`)}</code>: ${escape(message)}</li>`).join('')}</ul>\n`;
  const left = Object.entries(skipped).map(([rule, count]) => `${escape(rule)} (${count})`);
  if (left.length > 0) yield `<p>Left out: ${left.sort().join(', ')}</p>\n`;
  yield `<footer>breakwater ${escape(version)}</footer>\n</main>\n</body>\n</html>\n`;
}

interface Upstream {
  readonly name: string;
  readonly counts: Counts;
  readonly total: number;
}

/** The registries with most references; one bar for the rest. */
function upstreamsOf(references: readonly ImageReference[]): readonly Upstream[] {
  const found = new Map<string, ImageReference[]>();
  for (const one of references) {
    const name = one.registry ?? 'unknown';
    const list = found.get(name) ?? [];
    found.set(name, list);
    list.push(one);
  }
  const all = [...found].sort(([a, x], [b, y]) => y.length - x.length || compareText(a, b));
  const rest = all.slice(MAX_BARS).flatMap(([, list]) => list);
  const shown: [string, ImageReference[]][] = all.slice(0, MAX_BARS);
  if (rest.length > 0) shown.push([`${all.length - MAX_BARS} others`, rest]);
  return shown.map(([name, list]) => ({ name, counts: countByStatus(list), total: list.length }));
}

function picture(upstreams: readonly Upstream[]): string {
  const most = Math.max(1, ...upstreams.map(({ total }) => total));
  const height = upstreams.length * STEP;
  const bars = upstreams.map((upstream, index) => bar(upstream, index * STEP, most)).join('');
  return `<svg role="img" aria-label="References of each upstream by status" viewBox="0 0 ${LABEL + WIDTH + 120} ${height}" width="100%">${bars}</svg>\n`;
}

/** Four parts in the order of `STATUSES`; their sum is the length, so that bars can be compared. */
function bar({ name, counts, total }: Upstream, y: number, most: number): string {
  let x = LABEL;
  const parts = STATUSES.map((status) => {
    const width = (counts[status] / most) * WIDTH;
    const part =
      width === 0
        ? ''
        : `<rect class="${status}" x="${round(x)}" y="${y}" width="${round(width)}" height="${BAR}"><title>${escape(name)}: ${counts[status]} ${STATUS_WORDS[status]}</title></rect>`;
    x += width;
    return part;
  });
  const past = total - counts.covered;
  const label = `<text x="${LABEL - 10}" y="${y + 14}" text-anchor="end">${escape(short(name))}</text>`;
  return `${label}${parts.join('')}<text x="${round(x) + 8}" y="${y + 14}">${total}, ${percent(past, total)} past</text>`;
}

function row(reference: ImageReference): string {
  const { status, written, target, why, project } = reference;
  const advice = target ?? why ?? (project === undefined ? '' : `project ${project}`);
  const cells = [whereOf(reference), reference.reference ?? written].map(
    (text) => `<td><code>${escape(text)}</code></td>`,
  );
  return `<tr>${cells.join('')}<td class="${status}">${STATUS_WORDS[status]}</td><td>${escape(advice)}</td></tr>\n`;
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '0 %' : `${Math.round((100 * part) / whole)} %`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function short(name: string): string {
  return name.length > 30 ? `${name.slice(0, 14)}…${name.slice(-15)}` : name;
}

/** Text from files must not become markup. */
function escape(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => escapes[character]!);
}

const STYLE = `
:root { color-scheme: light dark; --covered: #2e7d32; --needs-rewrite: #b26a00; --bypass: #c62828; --unresolvable: #757575; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
.verdict { font-size: 1.2rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 1.5rem; padding: 0; }
.legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; }
svg text { font-size: 13px; fill: currentColor; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-size: 1.2rem; padding: 1rem 0 .5rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); overflow-wrap: anywhere; vertical-align: top; }
${STATUSES.map((status) => `rect.${status} { fill: var(--${status}); } i.${status} { background: var(--${status}); } td.${status} { color: var(--${status}); white-space: nowrap; }`).join('\n')}
`;
