import type { Command as CommanderCommand } from 'commander';
import { Option } from 'commander';
import type { Declaration } from '../declaration/declaration';
import { objectsOutOfVersion } from '../declaration/field-versions';
import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import type { AccessRow } from '../harbor';
import { kinds } from '../kinds';
import { makePlan, type PlanInput } from '../plan/make-plan';
import { checkWritten } from '../plan/targets';
import type { Mode, Plan, PruneScope } from '../plan/plan';
import { proveSecrets } from '../reconcile/prove-secrets';
import { readBeyond, readState, type State } from '../reconcile/read';
import { secretWarnings } from '../reconcile/secrets-first';
import { declaredAccess, explainUnreadable } from './access';
import type { CommandContext } from '../cli/command';
import type { Connection } from './session';
import { declaredAt, declaredIn, type Before } from './load';
import { collect, wholeNumber, type DeclarationOptions } from '../cli/options';
import type { Progress } from '../cli/render/progress';
import { UsageError } from '../cli/usage-error';
import { version } from './version';

/** What is looked at beside the declared fields. */
export interface WatchingOptions {
  /** Also asks about secrets for which Harbor then logs in at an upstream. */
  readonly proveSecrets?: boolean;
  /** False: nothing is asked about secrets. Default: what costs Harbor one call each. */
  readonly prove?: boolean;
  /** How far ahead to warn of what expires; 0 is never. */
  readonly expiryDays?: number;
  /** Also looks at kinds of which nothing is declared, to list what is there. */
  readonly beyond?: boolean;
}

export interface PlanningOptions extends WatchingOptions {
  readonly mode: Mode;
  readonly target: readonly string[];
  readonly rotate: readonly string[];
  /** Directory of the declaration before this one. */
  readonly base?: string;
  /** Git revision of the declaration before this one. */
  readonly baseRef?: string;
  /** What stands there. */
  readonly declaredBefore?: Before;
  readonly prune?: PruneScope;
}

const DEFAULT_EXPIRY_DAYS = 30;
export const TOOL = `breakwater ${version}`;

export function addExpiryOption(command: CommanderCommand): CommanderCommand {
  return command.option(
    '--expiry-days <number>',
    'warn of robots that expire within so many days; 0 is never',
    wholeNumber,
    DEFAULT_EXPIRY_DAYS,
  );
}

export function addWatchingOptions(command: CommanderCommand): CommanderCommand {
  return addExpiryOption(command)
    .option(
      '--prove-secrets',
      'also test the secrets of registries: Harbor logs in at each upstream with the stored and the declared one',
      false,
    )
    .option('--no-prove', 'do not test the declared secrets of robots and webhooks (one call each)');
}

/** Which part of Harbor, in which mode, compared with which base. */
export function addScopeOptions(command: CommanderCommand): CommanderCommand {
  return addWatchingOptions(command)
    .addOption(
      new Option(
        '--mode <mode>',
        'upsert-only creates and updates; create-only leaves what exists alone; sync also deletes, where prune allows it',
      )
        .choices(['upsert-only', 'create-only', 'sync'])
        .default('upsert-only'),
    )
    .option(
      '--target <address>',
      'only this object and what it needs, such as project/proxy.docker.io or project/proxy.* (repeatable)',
      collect,
      [],
    )
    .option(
      '--base <dir>',
      'policies before this change, such as a checkout of the target branch: shows what is adopted and what was removed from the files, and writes secrets that are new',
    )
    .option('--base-ref <revision>', 'the same from a Git revision, such as origin/main; nothing is checked out');
}

export function addPlanningOptions(command: CommanderCommand): CommanderCommand {
  return addScopeOptions(command)
    .option(
      '--rotate <address>',
      'write the secret of this object again, or of all that a pattern matches (repeatable)',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--prune <scope>',
        'removed deletes what was removed from the files since --base or --base-ref, and nothing else',
      ).choices(['removed']),
    );
}

/**
 * The options, checked as far as no Harbor is needed for it, with what stands in `--base` or at `--base-ref`.
 * @throws DeclarationError where the base does not load or an address names nothing; UsageError
 */
export async function preparedFor<T extends DeclarationOptions & PlanningOptions>(
  { objects }: Declaration,
  options: T,
): Promise<T> {
  const { base, baseRef, prune, mode, target: targets, rotate } = options;
  if (base !== undefined && baseRef !== undefined)
    throw new UsageError('--base and --base-ref exclude each other', 'pass one of them');
  if (prune !== undefined && base === undefined && baseRef === undefined)
    throw new UsageError(
      '--prune removed needs the policies before this change',
      'pass --base-ref REVISION, such as origin/main, or --base DIR',
    );
  if (prune !== undefined && mode === 'create-only')
    throw new UsageError('--prune removed deletes, and --mode create-only only creates', 'pass another --mode');
  checkWritten({ targets, rotate, mayDelete: mode === 'sync' || prune !== undefined }, objects, kinds);
  if (baseRef !== undefined) return { ...options, declaredBefore: await declaredAt(baseRef, options) };
  return base === undefined ? options : { ...options, declaredBefore: await declaredIn(base, options) };
}

export interface Planned {
  readonly plan: Plan;
  /** What the plan was made from. */
  readonly input: PlanInput;
  readonly state: State;
  /** What the credentials may do; empty where they may do everything. */
  readonly access: readonly AccessRow[];
}

/**
 * Reads Harbor and compares: the same for `plan`, `apply`, `drift` and the demo.
 * @throws DeclarationError where the Harbor that answers would drop what is declared
 */
export async function planNow(
  { progress }: Pick<CommandContext, 'progress'>,
  declaration: Declaration,
  { client, identity, resolve }: Pick<Connection, 'client' | 'identity' | 'resolve'>,
  options: PlanningOptions,
): Promise<Planned> {
  const { mode, target: targets, rotate, declaredBefore, expiryDays = 0, prune: scope } = options;
  const { harborVersion } = identity;
  if (harborVersion !== undefined) holdAgainstVersion(declaration, harborVersion, progress);
  progress.stage('reading what Harbor has');
  const calls = client.calls;
  const access = await declaredAccess({ client, identity }, declaration);
  const reporter = readingReporter(progress);
  const reading = { client, kinds, declaration, base: declaredBefore };
  const state = await readState({ ...reading, reporter }).catch(explainUnreadable(access));
  const beyond = options.beyond ? await readBeyond(reading, state.refs) : {};
  const { current, unreadable } = state;
  const nowMs = Date.now();
  const { prove = true, proveSecrets: onRequest = false } = options;
  if (prove || onRequest) progress.stage('testing secrets');
  const asked = { client, kinds, declaration, current, secret: resolve, nowMs, rotate, onRequest };
  const proofs = prove || onRequest ? { proofs: await proveSecrets(asked) } : {};
  progress.line(`${client.calls - calls} API calls`);
  const target = { url: client.url, ...(harborVersion === undefined ? {} : { harborVersion }) };
  const input: PlanInput = {
    tool: TOOL,
    declaration,
    current,
    unreadable,
    kinds,
    mode,
    targets,
    rotate,
    ...beyond,
    ...(declaredBefore ? { base: specsOf(declaredBefore) } : {}),
    ...(scope ? { prune: scope } : {}),
    identity,
    target,
    access,
    expiry: { nowMs, days: expiryDays },
    ...proofs,
  };
  return { plan: makePlan(input), input, state, access };
}

function specsOf({ objects }: Before): ReadonlyMap<string, object> {
  return new Map(objects.map(({ address, spec }) => [address, spec]));
}

/** What `apply` will need and this run does not have: a plan is often made elsewhere. */
export async function withSecretWarnings(plan: Plan, secret: Connection['resolve']): Promise<Plan> {
  const warnings = await secretWarnings(plan.changes, { secret, kinds });
  return warnings.length === 0 ? plan : { ...plan, warnings: [...plan.warnings, ...warnings] };
}

/** Before anything is read: a plan would ask for such a field again and again, and no apply would bring it. */
function holdAgainstVersion({ objects }: Declaration, harborVersion: string, progress: Progress): void {
  const found = objectsOutOfVersion(objects, kinds, harborVersion);
  const tooNew = found.filter(({ severity }) => severity === 'error');
  for (const warning of found.filter(({ severity }) => severity !== 'error')) progress.line(inOneLine(warning));
  if (tooNew.length === 0) return;
  const places = tooNew.map((finding) => `\n  ${inOneLine(finding)}`);
  throw new DeclarationError(`this Harbor is too old for what is declared:${places.join('')}`, tooNew, true);
}

function inOneLine({ rule, message, hint, at }: Diagnostic): string {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  return `${place}[${rule}] ${message}${hint === undefined ? '' : ` — ${hint}`}`;
}

export function readingReporter(progress: Progress): NonNullable<Parameters<typeof readState>[0]['reporter']> {
  return {
    report(event) {
      if (event.type === 'kind-read')
        progress.step(event.done, event.total, `kinds read (${event.kind}: ${event.count})`);
    },
  };
}
