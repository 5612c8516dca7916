import type { Declaration, DeclaredObject } from '../declaration/declaration';
import { kinds } from '../kinds';
import { declaresSecret } from '../plan/diff';
import type { Plan } from '../plan/plan';
import { apply } from '../reconcile/apply';
import { openJournal } from '../reconcile/journal';
import { readJournalFile } from '../reconcile/read-journal-file';
import { addressesInDoubt, damagedLines, explainRun } from '../reconcile/read-journal';
import type { LearningRefs } from '../reconcile/refs';
import type { Reporter } from '../reconcile/reporter';
import type { ApplyReport, ChangeResult } from '../reconcile/result';
import { checkSecretFile, writeSecretFile } from '../reconcile/secret-file';
import type { CommandContext } from '../cli/command';
import type { Before } from './load';
import type { Connection } from './session';
import { plural } from '../plural';
import type { Progress } from '../cli/render/progress';

export interface ApplyingOptions {
  readonly journal: string;
  readonly concurrency?: number;
  /** What a declared secret file is relative to: the policies. */
  readonly policies: string;
  /** What became of changes of a saved plan that are not in the plan. */
  readonly settled?: readonly ChangeResult[];
  /** The declaration before this one: what it had is read again as well. */
  readonly declaredBefore?: Before;
}

/** Makes the changes of a plan under a journal, the same for `apply` and the demo. */
export async function applyNow(
  { progress, secrets, signal }: CommandContext,
  plan: Plan,
  declaration: Declaration,
  { client, identity, resolve, harbor }: Connection,
  refs: LearningRefs,
  { journal: file, concurrency, policies, settled = [], declaredBefore }: ApplyingOptions,
): Promise<ApplyReport> {
  await recallKilledRun(file, progress);
  const journal = await openJournal(file, (entry) => secrets.maskDeep(entry));
  const delivery = { directory: policies, registry: new URL(harbor.url).host };
  try {
    progress.stage(`applying ${plural(plan.changes.length, 'change')} (journal: ${file})`);
    return await apply(plan, {
      client,
      kinds,
      declaration,
      settled,
      ...(declaredBefore ? { base: declaredBefore } : {}),
      refs,
      identity,
      secret: resolve,
      checkDelivery: (file, robot) => checkSecretFile(file, robot, delivery),
      deliver: async (secret) => {
        secrets.remember(secret.secret);
        progress.line(`secret of ${secret.username} written to ${await writeSecretFile(secret, delivery)}`);
      },
      journal,
      signal,
      reporter: applyingReporter(progress),
      ...(concurrency === undefined ? {} : { concurrency }),
    });
  } finally {
    // Every line is on disk by now: what closing says is no reason to lose the report.
    await journal.close().catch((error: Error) => progress.line(`journal ${file}: ${error.message}`));
  }
}

/**
 * Declared objects with a secret that an earlier run may not have brought to Harbor, by its journal: no reading
 * shows that, so their secrets are written again.
 */
export async function secretsInDoubt(file: string, { objects }: Declaration, progress: Progress): Promise<string[]> {
  const journal = await readJournalFile(file);
  const damaged = damagedLines(journal);
  if (damaged > 0)
    progress.line(
      `warning: ${plural(damaged, 'line')} of the journal ${file} cannot be read; what was recorded there is not known`,
    );
  const inDoubt = new Set(addressesInDoubt(journal));
  const addresses = objects
    .filter((object) => inDoubt.has(object.address) && hasSecret(object))
    .map(({ address }) => address);
  for (const address of addresses)
    progress.line(`${address}: an earlier run may not have written its secret to Harbor; this run plans to write it`);
  return addresses;
}

function hasSecret({ kind, spec }: DeclaredObject): boolean {
  const rules = kinds.find(({ name }) => name === kind);
  return rules !== undefined && declaresSecret(spec, rules);
}

/** A run that was killed left no word of its own: say what it was doing before going on. */
async function recallKilledRun(file: string, progress: Progress): Promise<void> {
  const last = (await readJournalFile(file)).runs.at(-1);
  if (last && !last.end) for (const sentence of explainRun(last)) progress.line(`last time: ${sentence}`);
}

function applyingReporter(progress: Progress): Reporter {
  return {
    report(event) {
      if (event.type === 'change-finished') {
        progress.step(event.done, event.total, `changes (${event.result.address})`);
        if (event.result.outcome !== 'ok') progress.line(`${event.result.outcome}: ${event.result.address}`);
      } else if (event.type === 'verifying') progress.stage('reading again: did Harbor do what it said?');
      else if (event.type === 'stale')
        progress.stage(
          `not yet: ${event.addresses.join(', ')}; Harbor may answer from a cache for ${event.forMs / 1000} s, so it is asked until then`,
        );
    },
  };
}
