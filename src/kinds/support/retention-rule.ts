import { compareText } from '../../compare-text';
import { flag, integer, list, mapOf, needed, number, object, optional, text, unused, type Shape } from '../../shape';
import { selectorShape, repositorySelectors, type SelectorWire } from './selector-wire';
import { canonicalJson } from '../../json';
import { compact } from '../../compact';

/** One rule. All selectors of a list must match; `params` has one number under the name of the template. */
export interface RetentionRuleWire {
  readonly id?: number;
  readonly priority?: number;
  readonly disabled?: boolean;
  readonly action: string;
  readonly template: string;
  readonly params?: Readonly<Record<string, number>>;
  readonly tag_selectors: readonly SelectorWire[];
  readonly scope_selectors: { readonly repository?: readonly SelectorWire[] };
}

/** `id` and `priority` are Harbor's own numbering and are not read. */
export const retentionRuleShape: Shape<RetentionRuleWire> = object<RetentionRuleWire>({
  id: unused(optional(integer)),
  priority: unused(optional(integer)),
  disabled: optional(flag),
  action: text,
  template: needed(text),
  params: optional(mapOf(number)),
  tag_selectors: list(selectorShape),
  scope_selectors: repositorySelectors,
});

/** Conditions for an artifact to be kept. An artifact stays if any rule keeps it. */
export interface RetentionRule {
  readonly template: string;
  /** One number under the template's own name; none for `always`. */
  readonly params?: Readonly<Record<string, number>>;
  /** Doublestar patterns. Default: `**`. */
  readonly tags?: string;
  readonly tags_exclude?: string;
  readonly repositories?: string;
  readonly repositories_exclude?: string;
  /** Whether artifacts without any tag are also selected. Default true, as in Harbor. */
  readonly untagged?: boolean;
  readonly disabled?: boolean;
}

/** Those that Harbor's portal offers. Harbor has others in its code, which cannot be chosen. */
export const TEMPLATES = [
  'latestPushedK',
  'latestPulledN',
  'nDaysSinceLastPush',
  'nDaysSinceLastPull',
  'always',
] as const;

const EVERYTHING = '**';
const KIND = 'doublestar';

/** With every default filled in, so that a short rule equals the one that Harbor returns. */
export function normaliseRule(rule: RetentionRule): RetentionRule {
  return compact<RetentionRule>({
    template: rule.template,
    params: rule.params ?? {},
    tags: rule.tags ?? (rule.tags_exclude === undefined ? EVERYTHING : undefined),
    tags_exclude: rule.tags_exclude,
    repositories: rule.repositories ?? (rule.repositories_exclude === undefined ? EVERYTHING : undefined),
    repositories_exclude: rule.repositories_exclude,
    untagged: rule.untagged ?? true,
    disabled: rule.disabled ?? false,
  });
}

/** Without the values that `normaliseRule` adds again. */
export function shortRule(rule: RetentionRule): RetentionRule {
  const { params = {}, tags, tags_exclude, repositories, repositories_exclude, untagged, disabled } = rule;
  return compact<RetentionRule>({
    template: rule.template,
    params: Object.keys(params).length === 0 ? undefined : params,
    tags: tags === EVERYTHING && tags_exclude === undefined ? undefined : tags,
    tags_exclude,
    repositories: repositories === EVERYTHING && repositories_exclude === undefined ? undefined : repositories,
    repositories_exclude,
    untagged: untagged === true ? undefined : untagged,
    disabled: disabled === true ? true : undefined,
  });
}

/** Rules are joined by "or": their order does not matter. */
export function normaliseRules(rules: readonly RetentionRule[]): RetentionRule[] {
  const keyed = rules.map(normaliseRule).map((rule) => [canonicalJson(rule), rule] as const);
  return keyed.sort(([a], [b]) => compareText(a, b)).map(([, rule]) => rule);
}

/** `untagged` becomes a part of the selector of tags, and has the opposite meaning in an excluding one. */
export function ruleToWire(declared: RetentionRule): RetentionRuleWire {
  const rule = normaliseRule(declared);
  const untagged = rule.untagged ?? true;
  return {
    disabled: rule.disabled ?? false,
    action: 'retain',
    template: rule.template,
    params: rule.params ?? {},
    tag_selectors: [
      ...selector('matches', rule.tags, untagged),
      // Inverted: an excluding selector does not select what it calls untagged.
      ...selector('excludes', rule.tags_exclude, !untagged),
    ],
    scope_selectors: {
      repository: [
        ...selector('repoMatches', rule.repositories),
        ...selector('repoExcludes', rule.repositories_exclude),
      ],
    },
  };
}

/**
 * A rule with two selectors of one decoration, which only other tools write, gets a pattern that no declaration
 * has, so that it is shown as a difference.
 */
export function ruleFromWire(wire: RetentionRuleWire): RetentionRule {
  const repositories = wire.scope_selectors.repository ?? [];
  return normaliseRule(
    compact<RetentionRule>({
      template: wire.template,
      params: wire.params,
      tags: patternOf(wire.tag_selectors, 'matches'),
      tags_exclude: patternOf(wire.tag_selectors, 'excludes'),
      repositories: patternOf(repositories, 'repoMatches'),
      repositories_exclude: patternOf(repositories, 'repoExcludes'),
      untagged: wire.tag_selectors.every(selectsUntagged),
      disabled: wire.disabled,
    }),
  );
}

/** `extras` is JSON inside of a text. */
function selector(decoration: string, pattern: string | undefined, untagged?: boolean): SelectorWire[] {
  if (pattern === undefined) return [];
  const extras = untagged === undefined ? {} : { extras: JSON.stringify({ untagged }) };
  return [{ kind: KIND, decoration, pattern, ...extras }];
}

/** All selectors of one type must match. No rule written here has two; such a rule shows as different. */
function patternOf(selectors: readonly SelectorWire[], decoration: string): string | undefined {
  const patterns = selectors.filter((one) => one.decoration === decoration).map(({ pattern }) => pattern);
  return patterns.length === 0 ? undefined : patterns.join(' and ');
}

/** Inverted for an excluding selector, as when it is written. */
function selectsUntagged({ decoration, extras }: SelectorWire): boolean {
  const excludes = decoration === 'excludes';
  return untaggedIn(extras, !excludes) !== excludes;
}

/** If `extras` is there but does not name `untagged`, it is false, not the fallback. */
function untaggedIn(extras: string | undefined, fallback: boolean): boolean {
  if (!extras) return fallback;
  try {
    return (JSON.parse(extras) as { readonly untagged?: boolean }).untagged ?? false;
  } catch {
    // As in Harbor: unreadable extras count as none.
    return fallback;
  }
}

/** Why Harbor would refuse this rule, or keep something unintended. */
export function ruleProblem({ template, params = {} }: RetentionRule): string | undefined {
  const names = Object.keys(params);
  if (template === 'always') return names.length === 0 ? undefined : 'the template always takes no params';
  const stray = names.find((name) => name !== template);
  if (stray !== undefined) return `the template ${template} has no param ${stray}`;
  const value = params[template];
  if (value === undefined) return `the template ${template} needs params: { ${template}: <number> }`;
  return Number.isInteger(value) && value > 0 ? undefined : `${template} must be a whole number above 0`;
}
