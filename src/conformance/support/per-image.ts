import type { ProjectContext } from '../model/check';
import { namedImage, type NamedImage } from '../pull/named-image';
import { mergeImages, skip, type Outcome } from '../model/outcome';

/** Runs a check for one image of the project after the other, and merges the outcomes. */
export async function perImage(
  context: ProjectContext,
  look: (image: NamedImage) => Promise<Outcome>,
): Promise<Outcome> {
  if (context.project.images.length === 0) return skip('no image is declared for this project');
  const parts: { part: string; outcome: Outcome }[] = [];
  for (const text of context.project.images) {
    parts.push({ part: text, outcome: await look(namedImage(context.project.name, text)) });
  }
  return mergeImages(parts);
}

/** The first declared image: enough if the result does not depend on the image. */
export function firstImage({ project }: ProjectContext): NamedImage | undefined {
  const text = project.images[0];
  return text === undefined ? undefined : namedImage(project.name, text);
}
