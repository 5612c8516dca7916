import { canonicalJson, isRecord, type Json, type JsonObject } from '../json';
import type { Change } from './plan';

/** What a change of one field from `before` to `after` deletes later, in words; undefined for nothing. */
type Effect = (after: Json | undefined, before: Json | undefined) => string | undefined;

/** Fields whose change deletes something later, on a schedule: Harbor does not ask again. */
const EFFECTS: Readonly<Record<string, Readonly<Record<string, Effect>>>> = {
  retention: {
    rules: (after, before) =>
      keepsLess(after, before) ? 'keeps less: the next run deletes the other images' : undefined,
    schedule: (after, before) => (starts(after, before) ? 'deletes by schedule from now on' : undefined),
  },
  'gc-schedule': {
    delete_untagged: (after, before) =>
      after === true && before !== true ? 'the next run also deletes untagged images' : undefined,
  },
  'purge-audit-schedule': {
    audit_retention_hour: (after, before) =>
      typeof after === 'number' && typeof before === 'number' && after < before
        ? 'the next run deletes older audit log entries'
        : undefined,
  },
};

/**
 * What a create or an update deletes later; undefined for nothing. A project that this plan creates has nothing to lose.
 * @param isCreated whether this plan creates the object of that address
 */
export function destroys(change: Change, isCreated: (address: string) => boolean): string | undefined {
  const { kind, action, identity, bornOf, fields } = change;
  if (action === 'delete' || action === 'replace' || bornOf !== undefined) return undefined;
  if (kind === 'retention' && isCreated(`project/${identity}`)) return undefined;
  const effects = EFFECTS[kind] ?? {};
  const found = fields.map(({ path, after, before }) => effects[path]?.(after, before));
  return found.find((effect) => effect !== undefined);
}

/**
 * Without rules nothing is deleted; with rules, what none of them keeps. In doubt it says yes: a warning too many is
 * read, images that are gone cannot be restored.
 *
 *      before     after                                         keeps less
 *      any        no rule, or one that keeps everything         no
 *      no rule    rules                                         yes: until now nothing was deleted
 *      rules      each old one again, with the same or larger   no
 *                 numbers
 *      rules      an old one is gone, differs or has smaller    yes
 *                 numbers
 */
function keepsLess(after: Json | undefined, before: Json | undefined): boolean {
  const wanted = enabled(after);
  if (listOf(after).length === 0 || wanted.some(keepsAll)) return false;
  if (listOf(before).length === 0) return true;
  return !enabled(before).every((rule) => wanted.some((other) => keepsAsMuch(other, rule)));
}

/** A schedule that is switched on: until now the rules were never applied. */
function starts(after: Json | undefined, before: Json | undefined): boolean {
  return before === '' && typeof after === 'string' && after !== '';
}

function enabled(rules: Json | undefined): JsonObject[] {
  return listOf(rules).flatMap((rule) => (isRecord(rule) && rule['disabled'] !== true ? [rule] : []));
}

/** Every tag of every repository, and artifacts without tags. */
function keepsAll({ template, tags, repositories, untagged }: JsonObject): boolean {
  return template === 'always' && tags === '**' && repositories === '**' && untagged !== false;
}

/** The same rule, or the same one with larger numbers. */
function keepsAsMuch(rule: JsonObject, old: JsonObject): boolean {
  const { params, ...rest } = rule;
  const { params: oldParams, ...oldRest } = old;
  if (canonicalJson(rest) !== canonicalJson(oldRest)) return false;
  return Object.entries(isRecord(oldParams) ? oldParams : {}).every(([name, number]) => {
    const now = isRecord(params) ? params[name] : undefined;
    return typeof now === 'number' && typeof number === 'number' && now >= number;
  });
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
