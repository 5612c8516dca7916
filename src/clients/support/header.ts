import type { RenderInput } from '../client';

/** First line of every file in a format with comments. No date: the same input gives the same bytes. */
export function header({ name, profile }: RenderInput, program: string): string {
  return `# Written by breakwater clients render for ${name} (${program}, ${profile}). Changes here are overwritten.`;
}
