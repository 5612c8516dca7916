import { ApplyError, BreakwaterError, HarborApiError } from '../../errors';
import type { Client } from '../../harbor/client';

/** Values that Harbor may return: any text as kind, and settings without a cron. */
interface TriggerWire {
  readonly kind?: string;
  readonly settings?: { readonly cron?: unknown } | null;
}
interface PolicyWire {
  readonly id?: number;
  readonly trigger?: TriggerWire | null;
}

const SCHEDULE = 'Schedule';
/** Harbor's code knows it, but does nothing with it. */
const EVENT = { kind: 'Event', settings: { cron: '' } };
/** The only kind without a schedule that Harbor accepts twice in a row. */
const NONE = { kind: '', settings: { cron: '' } };

/** When a policy runs; `''` means never, whatever the settings of a trigger that is not a schedule contain. */
export function cronOf(trigger: TriggerWire | null | undefined): string {
  const cron = trigger?.kind === SCHEDULE ? trigger.settings?.cron : undefined;
  return typeof cron === 'string' ? cron : '';
}

/** What decides how the trigger of a policy may be changed; `broken` is a schedule without the key `cron`. */
export type TriggerState = 'scheduled' | 'broken' | 'other';

/** `other` also for a missing trigger. */
export function stateOf(trigger: TriggerWire | null | undefined): TriggerState {
  if (trigger?.kind !== SCHEDULE) return 'other';
  return lacksCron(trigger) ? 'broken' : 'scheduled';
}

/**
 * Replaces a policy whose trigger is in `state`. This works around two restrictions of Harbor (v2.15.2
 * src/controller/retention/controller.go): a schedule without the key `cron` cannot be replaced by another schedule
 * (500), and every other kind not by an empty one (400).
 */
export async function putPolicy(
  client: Client,
  { id, state }: { readonly id: number; readonly state: TriggerState },
  body: object,
  cron: string,
): Promise<void> {
  const path = `/retentions/${id}`;
  if (state === 'broken') await client.put(path, { ...body, trigger: EVENT });
  const wanted = cron !== '' || state === 'scheduled' ? { kind: SCHEDULE, settings: { cron } } : NONE;
  await client.put(path, { ...body, trigger: wanted });
}

/**
 * Deleting a project whose policy is scheduled without a cron ends Harbor's core process (v2.15.2 panics in a
 * goroutine): such a policy first gets a harmless trigger.
 * @throws ApplyError if that fails; the project must not be deleted then
 */
export async function disarmPolicy(client: Client, address: string, policyId: unknown): Promise<void> {
  if (typeof policyId !== 'string' || !/^\d+$/.test(policyId)) return;
  const path = `/retentions/${policyId}`;
  try {
    const policy = await client.get<PolicyWire>(path).catch(unlessUnknown);
    if (lacksCron(policy.trigger)) await client.put(path, { ...policy, trigger: EVENT });
  } catch (cause) {
    if (!(cause instanceof BreakwaterError)) throw cause;
    throw new ApplyError(
      `${address} is not deleted: its retention policy could not be checked (${cause.message}), and a policy without a cron would crash Harbor's core process. Grant these credentials tag-retention:read and update, or give the policy a schedule in the portal`,
      address,
      { cause },
    );
  }
}

/** A policy that Harbor does not find (500, whatever the reason) does not crash it either. */
function unlessUnknown(error: unknown): PolicyWire {
  if (error instanceof HarborApiError && (error.status === 500 || error.status === 404)) return {};
  throw error;
}

function lacksCron(trigger: TriggerWire | null | undefined): boolean {
  return trigger?.kind === SCHEDULE && typeof trigger.settings?.cron !== 'string';
}
