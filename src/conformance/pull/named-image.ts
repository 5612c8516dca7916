import { parseImage } from '../../oci';
import type { NamedImage } from '../model/pulled';

export type { NamedImage };

/** @throws TypeError for an invalid image; a validated declaration contains none. */
export function namedImage(project: string, text: string): NamedImage {
  const parsed = parseImage(text);
  const whole = parseImage(`${project}/${text}`);
  if ('problem' in whole) throw new TypeError(`project ${project}: ${whole.problem}`);
  if ('problem' in parsed) throw new TypeError(`image "${text}" of project ${project}: ${parsed.problem}`);
  return { text, image: parsed.value, name: `${project}/${parsed.value.repository}` };
}
