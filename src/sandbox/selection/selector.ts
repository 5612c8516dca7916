import { matchesGlob } from './glob';

/** One selector of a rule, as clients send it: which tags or repositories it matches. */
export interface Selector {
  readonly kind?: string;
  readonly decoration?: string;
  readonly pattern?: string;
  /** JSON: `{"untagged": true}`. */
  readonly extras?: string;
}

/** An artifact, or a repository without tags. */
export interface Candidate {
  readonly namespace?: string;
  /** Without the project. */
  readonly repository: string;
  readonly tags: readonly string[];
}

/** A selector that Harbor stores but cannot use. */
export class SelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorError';
  }
}

const DECORATIONS = ['matches', 'excludes', 'repoMatches', 'repoExcludes', 'nsMatches', 'nsExcludes'];

/**
 * The candidates that a selector matches (src/lib/selector/selectors/doublestar).
 * @throws SelectorError, PatternError
 */
export function select<T extends Candidate>(selector: Selector, candidates: readonly T[]): T[] {
  requireKnown(selector);
  return candidates.filter((candidate) => takes(selector, candidate));
}

/** @throws SelectorError */
export function requireKnown({ kind = '', decoration = '' }: Selector): void {
  if (kind === '' || decoration === '') throw new SelectorError('empty selector kind or decoration');
  if (kind !== 'doublestar') throw new SelectorError(`selector ${kind} is not registered`);
  if (!DECORATIONS.includes(decoration))
    throw new SelectorError(`decoration ${decoration} of selector ${kind} is not supported`);
}

/**
 * An empty pattern matches everything. Of several tags one is enough, also for `excludes`: an artifact with two
 * tags is excluded only if both match.
 */
function takes(selector: Selector, { namespace = '', repository, tags }: Candidate): boolean {
  const { decoration = '', pattern = '' } = selector;
  const matches = (text: string): boolean => pattern === '' || matchesGlob(pattern, text);
  switch (decoration) {
    case 'matches':
      return tags.length > 0 ? tags.some(matches) : takesUntagged(selector);
    case 'excludes':
      return tags.length > 0 ? tags.some((tag) => !matches(tag)) : !takesUntagged(selector);
    default: {
      const text = decoration.startsWith('ns') ? namespace : repository;
      return text !== '' && matches(text) !== decoration.endsWith('Excludes');
    }
  }
}

/** A missing value means "yes", except for a selector that excludes. */
function takesUntagged({ decoration, extras = '' }: Selector): boolean {
  try {
    const parsed = extras === '' ? undefined : (JSON.parse(extras) as { untagged?: unknown });
    if (parsed !== undefined) return parsed.untagged === true;
  } catch {
    // Extras that are not JSON count as none.
  }
  return decoration !== 'excludes';
}
