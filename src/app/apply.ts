import { compact } from '../compact';
import type { Declaration } from '../declaration/declaration';
import { PlanRefusedError, PolicyViolationError } from '../errors';
import { kinds } from '../kinds';
import type { Unreadable } from '../kinds/kind';
import { NO_PERMISSION } from '../plan/access';
import { openFindings, type Plan } from '../plan/plan';
import { apply } from '../reconcile/apply';
import { approve } from '../reconcile/approve';
import { openJournal } from '../reconcile/journal';
import { loadPlan } from '../reconcile/plan-file';
import type { ApplyReport, ChangeResult } from '../reconcile/result';
import { checkSecretFile, writeSecretFile } from '../reconcile/secret-file';
import { requireSecrets } from '../reconcile/secrets-first';
import { mayHideProjects } from './access';
import type { AppContext } from './context';
import { journalFile, withJournalLock } from './journal-lock';
import { recallKilledRun, secretsInDoubt } from './killed-run';
import { loadOrThrow, type Before, type PolicySource } from './load';
import {
  planNow,
  preparedFor,
  reportingTo,
  TOOL,
  withFindings,
  withSecretWarnings,
  type Planned,
  type PlanningOptions,
} from './plan';
import { withSession, type Session } from './session';
import { tellAdvisories } from './tell-advisories';

/** Where an apply writes down what it does. */
export interface JournalOptions {
  /** File to which every attempt is appended before it is made. */
  readonly journal: string;
  /** Changes in flight. Default 6. */
  readonly concurrency?: number;
}

/** As for a plan, and how far a person has agreed: by a saved plan, by an answer, or not at all. */
export interface ApplyPoliciesOptions extends PolicySource, Omit<PlanningOptions, 'journal'>, JournalOptions {
  /** A plan that was saved and reviewed: only its changes are made. Absent: a plan is made now. */
  readonly planFile?: string;
  /** Asks for confirmation before the first write of a plan that was not saved. Absent: no confirmation. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
}

/** A plan, and the changes of a saved plan that it does not contain. */
interface Approved extends Planned {
  readonly settled?: readonly ChangeResult[];
  /** The previous declaration: what it declared is read again as well. */
  readonly declaredBefore?: Before;
}

/** What was applied, and what could not be read. */
export interface ApplyOutcome extends ApplyReport {
  /** Absent: every response was understood. */
  readonly unreadable?: readonly Unreadable[];
}

/** The plan is that of this run, also if a saved one was given. */
export interface Applied {
  readonly plan: Plan;
  /** Absent: `confirm` said no, and nothing was changed. */
  readonly report?: ApplyOutcome;
}

/**
 * The use case behind `apply`: plans, judges, and changes Harbor, under a journal. One run at a time works with a journal.
 * @throws PlanRefusedError, StalePlanError, SecretError: nothing was changed
 * The stages, with what ends them early:
 *
 *     policies, options        DeclarationError, UsageError     no request was sent
 *     login                    IdentityError, NetworkError
 *     plan, or saved plan      StalePlanError, PlanRefusedError
 *     rules                    PolicyViolationError
 *     secrets                  SecretError
 *     `confirm`                no report
 *     changes                  from here on there is always a report
 */
export async function applyPolicies(context: AppContext, written: ApplyPoliciesOptions): Promise<Applied> {
  const declaration = await loadOrThrow(context, written);
  const options = { ...written, journal: journalFile(context, written.journal) };
  return withJournalLock(context, options.journal, () => applyDeclaration(context, declaration, options));
}

/**
 *     log in ─► plan, or read the saved plan ─► refusals, violations ─► secrets ─► question ─► changes
 *
 * Everything that can be refused is refused before the question, and the secrets are resolved before the first
 * change: a missing one must not stop the run halfway. A saved plan was seen before, so it is neither shown nor
 * asked about again.
 */
async function applyDeclaration(
  context: AppContext,
  declaration: Declaration,
  written: ApplyPoliciesOptions,
): Promise<Applied> {
  const options = await preparedFor(declaration, written);
  return withSession(context, declaration, async (session) => {
    await tellAdvisories(context, declaration, session.identity.harborVersion ?? declaration.harbor?.version);
    const planned = await plannedFrom(session, options);
    const { plan } = planned;
    if (plan.refusals.length > 0) refuse(context, plan);
    refuseViolations(context, plan);
    if (options.planFile === undefined) context.emit({ type: 'planned', plan });
    await requireSecrets(plan.changes, { secret: session.secret, kinds });
    const asked = plan.changes.length > 0 && options.planFile === undefined;
    if (asked && options.confirm && !(await options.confirm(plan))) return { plan };
    const report = await applyNow(session, planned, options);
    return { plan, report: { ...report, unreadable: planned.state.unreadable } };
  });
}

/** Whether every change was made, verified and recorded. */
export function isComplete(report: ApplyReport): boolean {
  const { failed, unknown, stale, skipped, differences, journalError, unverified } = report;
  const troubles = failed.length + unknown.length + stale.length + skipped.length + differences.length;
  return troubles === 0 && journalError === undefined && unverified === undefined;
}

/** With a saved plan a new one is made too: only changes that are in both are made (`approve`). */
async function plannedFrom(session: Session, options: ApplyPoliciesOptions): Promise<Approved> {
  const { context, declaration, client } = session;
  const { planFile, mode, journal, rotate, declaredBefore } = options;
  const before = declaredBefore && { declaredBefore };
  const fits = { tool: TOOL, declaration: declaration.hash, target: client.url, mode };
  const saved = planFile === undefined ? undefined : await loadPlan(planFile, fits);
  // The plan may have been made with fewer permissions than these credentials have: this is judged again below.
  if (saved?.refusals.some(({ rule }) => rule !== NO_PERMISSION)) refuse(context, saved);
  const inDoubt = await secretsInDoubt(context, journal, declaration);
  const planning = { ...options, rotate: [...rotate, ...inDoubt] };
  if (!saved) return { ...(await planNow(session, planning)), ...before };
  const planned = await planNow(session, { ...planning, mode: saved.mode });
  refuseWithoutAccess(context, saved, planned.plan);
  // Resolves every secret that is to be written, as `plan` did, so that the same texts are masked on both sides.
  await withSecretWarnings(planned.plan, session);
  const approval = approve(saved, planned.input, (value) => context.secrets.maskDeep(value));
  const plan = await withFindings(approval.plan, declaration, options);
  return { ...planned, ...before, ...approval, plan };
}

/**
 * A partial apply helps nobody: one change without permission refuses the whole saved plan.
 * @throws PlanRefusedError
 */
function refuseWithoutAccess(context: AppContext, saved: Plan, now: Plan): void {
  const approved = new Set(saved.changes.map(({ address }) => address));
  const lacking = now.refusals.filter(({ rule, address = '' }) => rule === NO_PERMISSION && approved.has(address));
  if (lacking.length > 0) refuse(context, { ...now, refusals: lacking });
}

/** @throws PlanRefusedError */
function refuse({ emit }: AppContext, plan: Plan): never {
  emit({ type: 'planned', plan });
  throw new PlanRefusedError('the guard refused this plan: nothing was changed', plan.refusals);
}

/** @throws PolicyViolationError */
function refuseViolations({ emit }: AppContext, plan: Plan): void {
  const findings = openFindings(plan);
  if (findings.length === 0) return;
  emit({ type: 'planned', plan });
  throw new PolicyViolationError('the plan breaks rules: nothing was changed', findings);
}

/**
 * Makes the changes of a plan and writes the journal; used by `apply` and the demo.
 * @throws PlanRefusedError, SecretError
 */
export async function applyNow(
  { context, declaration, directory, client, identity, permissions, secret, harbor }: Session,
  { plan, state, settled = [], declaredBefore }: Approved,
  { journal: file, concurrency }: JournalOptions,
): Promise<ApplyReport> {
  const { emit, secrets, signal } = context;
  await recallKilledRun(context, file);
  const journal = await openJournal(file, (text) => secrets.mask(text));
  const delivery = { directory, registry: new URL(harbor.url).host };
  try {
    emit({ type: 'applying', changes: plan.changes.length, journal: file });
    return await apply(
      plan,
      compact({
        client,
        kinds,
        declaration,
        settled,
        base: declaredBefore,
        refs: state.refs,
        mayHide: () => mayHideProjects({ identity, permissions }),
        identity,
        secret,
        checkDelivery: (file, robot) => checkSecretFile(file, robot, delivery),
        deliver: async (delivered) => {
          secrets.remember(delivered.secret);
          const file = await writeSecretFile(delivered, delivery);
          emit({ type: 'secret-written', username: delivered.username, file });
        },
        journal,
        signal,
        reporter: reportingTo(context),
        concurrency,
      }),
    );
  } finally {
    // Every line is on disk by now: an error on close is no reason to lose the report.
    await journal.close().catch(({ message }: Error) => emit({ type: 'journal-error', file, message }));
  }
}
