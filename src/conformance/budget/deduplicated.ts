import type { ProjectCheck, ProjectContext } from '../model/check';
import { skip, type Outcome } from '../model/outcome';
import type { Duplicate } from './rate-budget';

/** Runs a check for images that no other project pulls from the same upstream, and lists the others. */
export async function runWithout(
  duplicates: readonly Duplicate[],
  check: ProjectCheck,
  context: ProjectContext,
): Promise<Outcome> {
  if (duplicates.length === 0) return check.run(context);
  const { project } = context;
  const isLeftOut = (text: string): boolean => duplicates.some((one) => one.text === text);
  const images = project.images.filter((text) => !isLeftOut(text));
  const told = duplicates.map(describe).join('\n');
  if (images.length === 0) return { ...skip(''), message: told };
  const outcome = await check.run({ ...context, project: { ...project, images } });
  return { ...outcome, message: `${outcome.message}\n${told}` };
}

function describe({ text, digest, project }: Duplicate): string {
  return `de-duplicated: HEAD of ${text} returns the digest ${digest}, which ${project} pulls from the same upstream in this run`;
}
