import { compact } from '../compact';
import type { Declaration } from '../declaration/declaration';
import { objectsOutOfVersion } from '../declaration/schema/field-versions';
import { UsageError } from '../errors';
import { kinds } from '../kinds';
import { unreadableKinds } from '../plan/access';
import { makePlan, type PlanInput } from '../plan/make-plan';
import { withExplanations, withoutExplanations } from '../plan/explain';
import { withMaskedObservations } from '../plan/observed';
import { checkWritten } from '../plan/targets';
import type { Mode, Plan, PruneScope } from '../plan/plan';
import { proveSecrets } from '../reconcile/prove-secrets';
import { readBeyond, readState, type State } from '../reconcile/read';
import type { Reporter } from '../reconcile/reporter';
import { secretWarnings } from '../reconcile/secrets-first';
import { plural } from '../plural';
import type { Rule } from '../rules';
import { declaredAccess, explainUnreadable, mayHideProjects } from './access';
import { tellAdvisories } from './tell-advisories';
import { withAuditLog } from './audit-log';
import type { AppContext } from './context';
import { declaredAt, declaredIn, loadOrThrow, type Before, type PolicySource } from './load';
import { withSession, type Session } from './session';
import { journalFile } from './journal-lock';
import { leftByKilledRun } from './killed-run';
import { today } from './today';
import { version } from './version';

/** What is compared in addition to the declared fields. */
export interface WatchingOptions {
  /** Also tests the secrets of registries: Harbor then logs in to an upstream. */
  readonly proveSecrets?: boolean;
  /** False: no secret is tested. Default: those that cost Harbor one call each. */
  readonly prove?: boolean;
  /** How many days ahead to warn about expiry; 0 disables it. */
  readonly expiryDays?: number;
  /** The journal of `apply`: a killed run is named, and the secrets that it left in doubt are planned. */
  readonly journal?: string;
  /** Also reads kinds without declared objects, to list what exists. */
  readonly beyond?: boolean;
}

/** What decides the extent of a plan. */
export interface PlanningOptions extends WatchingOptions {
  readonly mode: Mode;
  /** Patterns of addresses; empty: everything. */
  readonly target: readonly string[];
  /** Patterns of addresses whose secrets are written again although nothing differs. */
  readonly rotate: readonly string[];
  /** Directory of the previous declaration. */
  readonly base?: string;
  /** Git revision of the previous declaration. */
  readonly baseRef?: string;
  /** What it declares. */
  readonly declaredBefore?: Before;
  /** `removed`: deletes what the base declared and the policies do not. */
  readonly prune?: PruneScope;
  /** Others apply it: a change that these credentials may not make is not an error of the plan. */
  readonly readOnly?: boolean;
  /** For each field, shows where it is declared and what Harbor has. */
  readonly explain?: boolean;
  /** Rules of the organization that also judge the plan. */
  readonly ownRules?: readonly Rule[];
}

/** A plan with what an apply needs to make it. */
export interface Planned {
  readonly plan: Plan;
  /** What the plan was made from. */
  readonly input: PlanInput;
  readonly state: State;
}

/** A saved plan is accepted only by the same version. */
export const TOOL = `breakwater ${version}`;

/** The use case behind `plan`: what apply would change. */
export async function planPolicies(context: AppContext, options: PolicySource & PlanningOptions): Promise<Plan> {
  const declaration = await loadOrThrow(context, options);
  const planning = { ...(await preparedFor(declaration, options)), beyond: true };
  return withSession(context, declaration, async (session) => {
    await tellAdvisories(context, declaration, session.identity.harborVersion ?? declaration.harbor?.version);
    if (options.readOnly) return planReadable(session, planning);
    const inDoubt =
      options.journal === undefined
        ? []
        : await leftByKilledRun(context, journalFile(context, options.journal), declaration);
    const planned = await planNow(session, { ...planning, rotate: [...planning.rotate, ...inDoubt] });
    return withSecretWarnings(await withReasons(session, planned, options), session);
  });
}

/** Objects that these credentials cannot read are left out of the plan and named: the others can be reviewed anyway. */
async function planReadable(session: Session, options: PlanningOptions): Promise<Plan> {
  const { declaration } = session;
  const hidden = new Set(unreadableKinds(await declaredAccess(session, declaration)));
  const objects = declaration.objects.filter(({ kind }) => !hidden.has(kind));
  const prune = declaration.prune.filter((kind) => !hidden.has(kind));
  const waivers = declaration.waivers?.filter(({ object }) => !hidden.has(object.split('/')[0] ?? ''));
  const readable: Declaration = { ...declaration, objects, prune, ...(waivers && { waivers }) };
  const { plan } = await planNow({ ...session, declaration: readable }, options);
  const left = declaration.objects.length - objects.length;
  if (left === 0) return plan;
  const message = `not planned, because these credentials cannot read ${[...hidden].join(', ')}: ${plural(left, 'object')}`;
  return { ...plan, warnings: [...plan.warnings, { message }] };
}

/** The plan with explanations: who made it, and with `explain` the reason for each field. */
export async function withReasons(
  { client }: Pick<Session, 'client'>,
  { plan, input }: Planned,
  { explain = false }: Pick<PlanningOptions, 'explain'>,
): Promise<Plan> {
  const told = explain ? withExplanations(plan, input) : plan;
  return withAuditLog(told, client, new Map([...input.current, ...(input.beyond ?? [])]));
}

/** Saves a plan for `applyPolicies`. The file contains no secret that Harbor returns. */
export async function savePlanFile(context: AppContext, plan: Plan, file: string): Promise<void> {
  // Loaded on demand: a saved plan is for `apply`, with what an apply consists of.
  const { savePlan } = await import('../reconcile/plan-file.js');
  await savePlan(
    file,
    withMaskedObservations(withoutExplanations(plan), (value) => context.secrets.maskDeep(value)),
  );
  context.emit({ type: 'plan-saved', file });
}

/**
 * The options, checked as far as possible without Harbor, with what the base declares.
 * @throws DeclarationError if the base does not load or an address names nothing; UsageError
 */
export async function preparedFor<T extends PolicySource & PlanningOptions>(
  { objects }: Declaration,
  options: T,
): Promise<T> {
  const { base, baseRef, prune, mode, target: targets, rotate } = options;
  if (base !== undefined && baseRef !== undefined)
    throw new UsageError('--base and --base-ref cannot be used together', 'pass only one of them');
  if (prune !== undefined && base === undefined && baseRef === undefined)
    throw new UsageError(
      '--prune removed needs the policies before this change',
      'pass --base-ref REVISION, such as origin/main, or --base DIR',
    );
  if (prune !== undefined && mode === 'create-only')
    throw new UsageError('--prune removed cannot be used with --mode create-only', 'pass another --mode');
  checkWritten({ targets, rotate, mayDelete: mode === 'sync' || prune !== undefined }, objects, kinds);
  if (baseRef !== undefined) return { ...options, declaredBefore: await declaredAt(baseRef, options) };
  return base === undefined ? options : { ...options, declaredBefore: await declaredIn(base, options) };
}

function specsOf({ objects }: Before): ReadonlyMap<string, object> {
  return new Map(objects.map(({ address, spec }) => [address, spec]));
}

/**
 * Reads Harbor and compares; used by `apply`, `drift` and the demo, too.
 * What is requested, and in which order:
 *
 *     permissions of the credentials  ─┐
 *     kinds that are declared         ─┼─ at the same time
 *     other kinds, with `beyond`      ─┘  only top-level ones, only to name them
 *     secrets that can be tested          unless `prove` is false
 *     rules                               offline, only if there is a change or a waiver
 */
export async function planNow(session: Session, options: PlanningOptions): Promise<Planned> {
  const { context, declaration, client, identity } = session;
  const { mode, target: targets, rotate, declaredBefore, expiryDays = 0, prune: scope } = options;
  const { harborVersion } = identity;
  context.emit({ type: 'reading', what: 'declared' });
  const calls = client.calls;
  const reporter = reportingTo(context);
  const mayHide = (): Promise<boolean> => mayHideProjects(session);
  const reading = { client, kinds, declaration, base: declaredBefore, mayHide };
  const rights = declaredAccess(session, declaration);
  // An unreadable kind is explained by the permissions.
  const explain = async (error: unknown): Promise<never> => explainUnreadable(await rights)(error);
  const reads = readState({ ...reading, reporter }).catch(explain);
  const [access, state, beyond] = await Promise.all([rights, reads, options.beyond ? readBeyond(reading, reads) : {}]);
  const { current, unreadable, doubts } = state;
  const nowMs = Date.now();
  const proofs = await secretProofs(session, state, options, nowMs);
  context.emit({ type: 'read', calls: client.calls - calls });
  const input: PlanInput = compact({
    tool: TOOL,
    declaration,
    current,
    unreadable,
    doubts,
    kinds,
    mode,
    targets,
    rotate,
    ...beyond,
    base: declaredBefore && specsOf(declaredBefore),
    prune: scope,
    identity,
    target: compact({ url: client.url, harborVersion }),
    access: options.readOnly ? [] : access,
    outOfVersion: harborVersion === undefined ? [] : objectsOutOfVersion(declaration.objects, kinds, harborVersion),
    expiry: { nowMs, days: expiryDays },
    ...proofs,
  });
  return { plan: await withFindings(makePlan(input), declaration, options), input, state };
}

/**
 * The plan with the findings of the rules. The rules are loaded only if there is a change
 * or a waiver to judge.
 */
export async function withFindings(
  plan: Plan,
  declaration: Declaration,
  { ownRules = [], target = [] }: Pick<PlanningOptions, 'ownRules'> & Partial<Pick<PlanningOptions, 'target'>>,
): Promise<Plan> {
  if (plan.changes.length === 0 && (declaration.waivers ?? []).length === 0) return plan;
  const { judgePlan } = await import('../rules/index.js');
  const findings = judgePlan(plan, declaration, today(), ownRules, { isPart: target.length > 0 });
  return findings.length === 0 ? plan : { ...plan, findings };
}

/** No proof at all only if both are off. */
async function secretProofs(
  { context, declaration, client, secret }: Session,
  { current }: State,
  { prove = true, proveSecrets: onRequest = false, rotate }: PlanningOptions,
  nowMs: number,
): Promise<Pick<PlanInput, 'proofs'>> {
  if (!prove && !onRequest) return {};
  context.emit({ type: 'testing-secrets' });
  return { proofs: await proveSecrets({ client, kinds, declaration, current, secret, nowMs, rotate, onRequest }) };
}

/** What `apply` will need and this run does not have: a plan is often made elsewhere. */
export async function withSecretWarnings(plan: Plan, { secret }: Pick<Session, 'secret'>): Promise<Plan> {
  const warnings = await secretWarnings(plan.changes, { secret, kinds });
  return warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] };
}

/** Forwards the events of `reconcile/`. */
export function reportingTo({ emit }: Pick<AppContext, 'emit'>): Reporter {
  return { report: (event) => emit({ type: 'reconcile', event }) };
}
