import { letsThrough } from './repository-filter';

/** A Harbor policy as its API returns it; only the fields that decide what stays. */
export interface RetentionPolicy {
  readonly rules?: readonly RetentionRule[] | null;
}

/** All selectors of a rule must match. Without any, a rule matches everything. */
export interface RetentionRule {
  readonly disabled?: boolean;
  /** Such as `nDaysSinceLastPull`. */
  readonly template?: string;
  readonly params?: Readonly<Record<string, unknown>> | null;
  readonly tag_selectors?: readonly Selector[] | null;
  readonly scope_selectors?: Readonly<Record<string, readonly Selector[]>> | null;
}

interface Selector {
  readonly decoration?: string;
  readonly pattern?: string;
  /** JSON in a text: `{"untagged":true}`. */
  readonly extras?: string;
}

/** One artifact, as the policy sees it. */
export interface RetentionCandidate {
  /** Without the project. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** Unix milliseconds, the latest of the artifact and its tags; 0: never. */
  readonly pulledAtMs: number;
  readonly pushedAtMs: number;
}

/** What one run of the policy would do with the artifact. */
export type RetentionVerdict =
  | { readonly verdict: 'kept'; readonly by: string }
  /** No rule is about this repository: nothing of it is looked at. */
  | { readonly verdict: 'untouched' }
  | { readonly verdict: 'removed'; readonly rules: readonly string[] }
  /** Depends on the other artifacts there, or on a pattern that is not judged here. */
  | { readonly verdict: 'open'; readonly rules: readonly string[] };

const DAY_MS = 24 * 60 * 60_000;

/**
 * What the policy would do with an artifact now. Each rule for the repository keeps what it selects; artifacts that no
 * rule keeps are deleted (src/pkg/retention/policy in Harbor).
 *
 *      rules about the repository   one keeps it   one cannot be judged   verdict
 *      none                         -              -                      untouched
 *      some                         yes            -                      kept
 *      some                         no             yes                    open
 *      some                         no             no                     removed
 */
export function rehearse(policy: RetentionPolicy, candidate: RetentionCandidate, nowMs: number): RetentionVerdict {
  const rules = (policy.rules ?? []).filter((rule) => rule.disabled !== true);
  const about = rules.map((rule) => ({ rule, isAbout: isAbout(rule, candidate.repository) }));
  const judged = about.flatMap(({ rule, isAbout }) =>
    isAbout === false ? [] : [{ words: describe(rule), keeps: isAbout && keeps(rule, candidate, nowMs) }],
  );
  if (judged.length === 0) return { verdict: 'untouched' };
  const keeper = judged.find((one) => one.keeps === true);
  if (keeper) return { verdict: 'kept', by: keeper.words };
  const isOpen = judged.some((one) => one.keeps === undefined);
  return { verdict: isOpen ? 'open' : 'removed', rules: judged.map(({ words }) => words) };
}

function isAbout({ scope_selectors: scope }: RetentionRule, repository: string): boolean | undefined {
  return all((scope?.['repository'] ?? []).map((selector) => selects(selector, 'repoExcludes', [repository])));
}

function keeps(rule: RetentionRule, candidate: RetentionCandidate, nowMs: number): boolean | undefined {
  const isSelected = all((rule.tag_selectors ?? []).map((selector) => selects(selector, 'excludes', candidate.tags)));
  return isSelected === false ? false : all([isSelected, isKept(rule, candidate, nowMs)]);
}

/** The result of count-based templates depends on other artifacts. */
function isKept(
  { template = '', params }: RetentionRule,
  { pulledAtMs, pushedAtMs }: RetentionCandidate,
  nowMs: number,
): boolean | undefined {
  if (template === 'always') return true;
  const days = Number(params?.[template]);
  if (template === 'nDaysSinceLastPull') return pulledAtMs >= nowMs - days * DAY_MS;
  if (template === 'nDaysSinceLastPush') return pushedAtMs >= nowMs - days * DAY_MS;
  return undefined;
}

/** One selected tag is enough. An artifact without tags is selected by `untagged`, which is the default. */
function selects(
  { decoration, pattern = '', extras }: Selector,
  excluding: string,
  names: readonly string[],
): boolean | undefined {
  const isExcluding = decoration === excluding;
  if (names.length === 0) return selectsUntagged(extras, isExcluding);
  const matches = names.map((name) => pattern === '' || letsThrough({ pattern, kind: 'doublestar' }, name));
  if (matches.includes(undefined)) return undefined;
  return matches.some((isMatch) => isMatch !== isExcluding);
}

function selectsUntagged(extras: string | undefined, isExcluding: boolean): boolean {
  const said = /"untagged"\s*:\s*(true|false)/.exec(extras ?? '')?.[1];
  const untagged = said === undefined ? !isExcluding : said === 'true';
  return untagged !== isExcluding;
}

/** False if one is false; undefined if one is unknown. */
function all(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

function describe({ template = '?', params }: RetentionRule): string {
  const value = params?.[template];
  return value === undefined ? template : `${template} ${JSON.stringify(value)}`;
}
