import type { Command as CommanderCommand } from 'commander';
import { Option } from 'commander';
import type { Declaration } from '../declaration/declaration';
import { objectsOutOfVersion } from '../declaration/field-versions';
import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import type { AccessRow } from '../harbor';
import { kinds } from '../kinds';
import { makePlan, type PlanInput } from '../plan/make-plan';
import type { Mode, Plan } from '../plan/plan';
import { proveSecrets } from '../reconcile/prove-secrets';
import { readState, type State } from '../reconcile/read';
import { secretWarnings } from '../reconcile/secrets-first';
import { declaredAccess, explainUnreadable } from './access';
import type { CommandContext } from '../cli/command';
import type { Connection } from './session';
import { declaredIn } from './load';
import { collect, wholeNumber, type DeclarationOptions } from '../cli/options';
import type { Progress } from '../cli/render/progress';
import { version } from './version';

/** What is looked at beside the declared fields. */
export interface WatchingOptions {
  /** Also asks about secrets for which Harbor then logs in at an upstream. */
  readonly proveSecrets?: boolean;
  /** False: nothing is asked about secrets. Default: what costs Harbor one call each. */
  readonly prove?: boolean;
  /** How far ahead to warn of what expires; 0 is never. */
  readonly expiryDays?: number;
}

export interface PlanningOptions extends WatchingOptions {
  readonly mode: Mode;
  readonly target: readonly string[];
  readonly rotate: readonly string[];
  /** Directory of the declaration before this one. */
  readonly base?: string;
  /** What stands there: specs by address. */
  readonly declaredBefore?: ReadonlyMap<string, object>;
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

export function addPlanningOptions(command: CommanderCommand): CommanderCommand {
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
      'only this object and what it needs, such as project/proxy.docker.io (repeatable)',
      collect,
      [],
    )
    .option('--rotate <address>', 'write the secret of this object again (repeatable)', collect, [])
    .option(
      '--base <dir>',
      'policies before this change, such as the target branch: shows what is taken over and writes secrets that are new',
    );
}

/** The options with what stands in `--base`. @throws DeclarationError where it does not load */
export async function withBase<T extends DeclarationOptions & PlanningOptions>(options: T): Promise<T> {
  return options.base === undefined ? options : { ...options, declaredBefore: await declaredIn(options.base, options) };
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
  const { mode, target: targets, rotate, declaredBefore: base, expiryDays = 0 } = options;
  const { harborVersion } = identity;
  if (harborVersion !== undefined) holdAgainstVersion(declaration, harborVersion, progress);
  progress.stage('reading what Harbor has');
  const calls = client.calls;
  const access = await declaredAccess({ client, identity }, declaration);
  const reporter = readingReporter(progress);
  const state = await readState({ client, kinds, declaration, reporter }).catch(explainUnreadable(access));
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
    ...(base ? { base } : {}),
    identity,
    target,
    access,
    expiry: { nowMs, days: expiryDays },
    ...proofs,
  };
  return { plan: makePlan(input), input, state, access };
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
