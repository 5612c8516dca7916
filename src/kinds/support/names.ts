const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const MAX_LENGTH = 255;

/** Harbor's rule for names of projects and robots; it refuses others with 400. */
export function isHarborName(name: string): boolean {
  return NAME.test(name) && name.length <= MAX_LENGTH;
}

/** The end of a sentence in findings about names. */
export const NAME_RULE = `lower-case letters and digits, with single . _ or - between them, at most ${MAX_LENGTH} characters`;
