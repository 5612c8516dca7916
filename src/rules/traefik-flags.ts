import { containersIn, textOf, wordsOf, type ContainerResource, type SynthesisedStack } from './synthesised';

/** A Traefik container and its static options. */
export interface Traefik {
  readonly container: ContainerResource;
  /** By name in lower case, as Traefik reads them: `entrypoints.web.address`. A flag alone is `true`. */
  readonly flags: ReadonlyMap<string, string>;
}

/**
 * Recognized by the image: `traefik:v3`, `docker.io/library/traefik@sha256:…`, and the same in another registry. A
 * later flag of the same name replaces an earlier one.
 */
export function traefiksIn(stacks: readonly SynthesisedStack[]): Traefik[] {
  return containersIn(stacks)
    .filter(({ properties }) => /(^|\/)traefik[:@]/.test(textOf(properties['image'])))
    .map((container) => ({ container, flags: new Map(wordsOf(container, 'command').flatMap(flagOf)) }));
}

function flagOf(word: string): [string, string][] {
  const match = /^--([^=]+)(?:=(.*))?$/s.exec(word);
  return match?.[1] === undefined ? [] : [[match[1].toLowerCase(), match[2] ?? 'true']];
}
