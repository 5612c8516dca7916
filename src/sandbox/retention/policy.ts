import { omitEmpty } from '../go-compat/wire';
import type { Context } from '../context';
import { nextRun } from '../go-compat/cron';
import type { RetentionExecutionRow, RetentionRow, RetentionTaskRow } from '../store/rows';
import type { Selector } from '../selection/selector';

/** A rule as sent. Harbor stores what it does not understand and fails only when it runs. */
export interface RetentionRule {
  readonly id?: number;
  readonly priority?: number;
  readonly disabled?: boolean;
  readonly action?: string;
  readonly template?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly tag_selectors?: readonly Selector[];
  readonly scope_selectors?: Readonly<Record<string, readonly Selector[]>>;
}

/** As a client sends it. */
export interface RetentionPolicy {
  readonly algorithm?: string;
  readonly rules?: readonly RetentionRule[];
  readonly trigger?: { readonly kind?: string; readonly settings?: Readonly<Record<string, unknown>> };
  readonly scope?: { readonly level?: string; readonly ref?: number };
}

/** Two rules of a policy must differ in this: everything but the id; absent values are Go's zero values. */
export function ruleKey(rule: RetentionRule): string {
  const { priority = 0, disabled = false, action = '', template = '', params = null } = rule;
  const tags = rule.tag_selectors?.map(selectorKey) ?? null;
  const scopes = Object.entries(rule.scope_selectors ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, selectors]) => [key, selectors.map(selectorKey)]);
  return JSON.stringify([priority, disabled, action, template, params, tags, rule.scope_selectors ? scopes : null]);
}

function selectorKey({ kind = '', decoration = '', pattern = '', extras = '' }: Selector): readonly string[] {
  return [kind, decoration, pattern, extras];
}

/** The schedule; undefined or empty for none. */
export function cronOf({ trigger }: { readonly trigger?: RetentionPolicy['trigger'] | undefined }): string | undefined {
  const cron = trigger?.kind === 'Schedule' ? trigger.settings?.['cron'] : undefined;
  return typeof cron === 'string' ? cron : undefined;
}

/** `next_scheduled_time` is computed for each response. It is not part of what a client has to send back. */
export function policyWire({ clock }: Context, row: RetentionRow): object {
  const { algorithm, rules, trigger, scope } = row.policy as RetentionPolicy;
  const cron = cronOf({ trigger });
  const next = cron ? nextRun(cron, clock.now()) : undefined;
  const scheduled = next === undefined ? {} : { next_scheduled_time: new Date(next).toISOString() };
  return {
    algorithm,
    id: row.id,
    rules: rules?.map(ruleWire) ?? null,
    scope,
    trigger: {
      ...omitEmpty({ kind: trigger?.kind }),
      settings: trigger?.settings && { ...trigger.settings, ...scheduled },
    },
  };
}

/** Empty maps are left out, and missing selectors are null: Go distinguishes nil from empty. */
function ruleWire(rule: RetentionRule): object {
  const { params = {}, scope_selectors = {}, tag_selectors, ...others } = rule;
  const scopes = Object.entries(scope_selectors).map(([key, selectors]) => [key, selectors.map(selectorWire)]);
  return {
    ...omitEmpty({ ...others }),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(scopes.length === 0 ? {} : { scope_selectors: Object.fromEntries(scopes) as object }),
    tag_selectors: tag_selectors?.map(selectorWire) ?? null,
  };
}

function selectorWire(selector: Selector): object {
  return omitEmpty({ ...selector });
}

/** `end_time` is Go's zero time while it runs. */
export function executionWire(row: RetentionExecutionRow): object {
  return omitEmpty({
    dry_run: row.dryRun,
    end_time: goTime(row.endTime),
    id: row.id,
    policy_id: row.policyId,
    start_time: goTime(row.startTime),
    status: row.status,
    trigger: row.trigger,
  });
}

const STATUS_CODES: Readonly<Record<string, number>> = { Pending: 0, Scheduled: 1, Running: 2 };
const FINAL = 3;

/** All final states share one `status_code`, so it does not say how a task ended. */
export function taskWire(row: RetentionTaskRow): object {
  return {
    ...omitEmpty({
      end_time: goTime(row.endTime),
      execution_id: row.executionId,
      id: row.id,
      job_id: row.jobId,
      repository: row.repository,
      start_time: goTime(row.startTime),
      status: row.status,
    }),
    retained: row.retained,
    status_code: STATUS_CODES[row.status] ?? FINAL,
    total: row.total,
  };
}

/** These times are texts in Harbor's model, so the zero time has no milliseconds. */
function goTime(ms: number): string {
  return ms === 0 ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString();
}
