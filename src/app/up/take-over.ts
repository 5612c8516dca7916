import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlanRefusedError, UsageError } from '../../errors';
import { plural } from '../../plural';
import { note, type UpContext } from './context';
import { awaitMigration, type WaitOptions } from './keep-migrating';
import { onHost } from './on-host';
import {
  createdIn,
  EXISTING_SCRIPT,
  importsAsJson,
  importsAsText,
  importsOf,
  namesTaken,
  lastLine,
  MIGRATING_SERVICES,
  parseExisting,
  shellWord,
  type Deployment,
  type Existing,
  type StateImport,
} from './steps';

/** Beside a synthesised stack. Terraform skips the block of a resource that its state has. */
const IMPORTS = 'adopt.tf.json';

function fileOf({ cwd }: UpContext, stack: string, name: string): string {
  return join(cwd, 'cdktf.out', 'stacks', stack, name);
}

/** An import of something that is gone by now would fail the next plan. */
export function forgetImports(context: UpContext, stack: string): Promise<void> {
  return rm(fileOf(context, stack, IMPORTS), { force: true });
}

/**
 * After a lost state: has the plan of a synthesised stack take over the containers and networks of the host that are
 * Breakwater's.
 * @throws UsageError where there is no host, or its Docker cannot be asked
 */
export async function adoptState(context: UpContext, deployment: Deployment, stack: string): Promise<void> {
  if (stack === 'machine' || !deployment.host)
    throw new UsageError(
      `--adopt-state does not know ${stack}`,
      'import its resources by hand, with the command import of Terraform or OpenTofu',
    );
  const { ours } = await onTheHost(context, deployment, stack);
  await writeImports(context, stack, ours);
  if (ours.length > 0) context.emit({ type: 'up-imports', text: importsAsText(ours) });
}

/** Taking over needs a reason: otherwise a wrong state directory would take the Harbor of another one. */
export interface TakeOverOptions extends WaitOptions {
  /** The last run was killed or failed in this stack, or a person says that the state was lost. */
  readonly mayTakeOver: boolean;
  /** Nothing is applied, so that nothing has to be waited for. */
  readonly plansOnly?: boolean;
}

/**
 * What a plan would create although it is there: a run that was killed left it behind without writing the state, and Docker
 * would refuse its name. A database that still migrates is waited for first.
 * @returns whether it is imported, so that the plan is out of date
 * @throws UsageError where Docker cannot be asked; PlanRefusedError where it may not be taken over
 */
export async function takeOver(
  context: UpContext,
  deployment: Deployment,
  plan: string,
  options: TakeOverOptions,
): Promise<boolean> {
  const { stack, mayTakeOver } = options;
  const created = new Set(createdIn(plan));
  if (!deployment.host || (stack !== 'harbor' && stack !== 'edge') || created.size === 0) return false;
  const { ours, taken } = await onTheHost(context, deployment, stack);
  const names = taken.filter(({ to }) => created.has(to)).map(({ name }) => name);
  if (names.length > 0) throw nameTaken(stack, deployment, names);
  const left = ours.filter(({ to }) => created.has(to));
  if (left.length === 0) return false;
  if (!mayTakeOver) throw notInState(stack, deployment, left);
  for (const service of MIGRATING_SERVICES) {
    const address = `docker_container.${service}`;
    if (options.plansOnly || !left.some(({ to }) => to === address)) continue;
    await awaitMigration(context, deployment, { address, service, container: `harbor-${service}` }, options);
  }
  if (context.signal.aborted) return false;
  await writeImports(context, stack, left);
  return true;
}

/** After `--destroy`: containers that are still there, because the state did not know them. They keep a network alive. */
export async function tellLeft(context: UpContext, deployment: Deployment, stack: string): Promise<void> {
  if (!deployment.host || (stack !== 'harbor' && stack !== 'edge')) return;
  const found = await onTheHost(context, deployment, stack).catch(() => undefined);
  const ids = new Set(found?.ours.map(({ id }) => id));
  const names = [...(found?.existing.containers ?? [])].flatMap(([name, id]) => (ids.has(id) ? [name] : []));
  if (names.length === 0) return;
  const words = names.map(shellWord).join(' ');
  note(
    context,
    `still on ${deployment.host.address}, and not in the state of ${stack}: ${names.join(', ')}; remove it there ` +
      `(docker stop ${words}; docker rm ${words}), and run again`,
  );
}

/** What is on the host of a stack: `ours` can be imported, `taken` are names that containers of others have. */
async function onTheHost(
  context: UpContext,
  { host }: Deployment,
  stack: string,
): Promise<{
  readonly ours: readonly StateImport[];
  readonly taken: readonly { to: string; name: string }[];
  readonly existing: Existing;
}> {
  const { code, stdout, stderr } = await onHost(context, host!, EXISTING_SCRIPT);
  if (code !== 0)
    throw new UsageError(
      `the containers of ${host!.address} could not be listed`,
      lastLine(stderr, 300) || 'docker ps',
    );
  const text = await readFile(fileOf(context, stack, 'cdk.tf.json'), 'utf8');
  const existing = parseExisting(stdout);
  return { ours: importsOf(text, existing), taken: namesTaken(text, existing), existing };
}

async function writeImports(context: UpContext, stack: string, imports: readonly StateImport[]): Promise<void> {
  if (imports.length === 0) return;
  await writeFile(fileOf(context, stack, IMPORTS), importsAsJson(imports));
  note(context, `${stack}: its state takes over ${plural(imports.length, 'resource')} of the host`);
}

function nameTaken(stack: string, { host }: Deployment, names: readonly string[]): PlanRefusedError {
  return new PlanRefusedError(`${stack} was not changed`, [
    {
      rule: 'name-taken',
      message: `${names.join(', ')} on ${host?.address ?? 'the host'}: not created by Breakwater, but ${stack} needs the name`,
      hint: 'rename it on the host: docker rename NAME NAME-other; Breakwater never removes a container of others',
    },
  ]);
}

/** A state without what runs is the wrong one, or was lost: creating it again would fail halfway. */
function notInState(stack: string, { host, name }: Deployment, left: readonly StateImport[]): PlanRefusedError {
  const names = left.map(({ to }) => to).join(', ');
  return new PlanRefusedError(`${stack} was not changed`, [
    {
      rule: 'not-in-state',
      message: `${names} would be created, but exists on ${host?.address ?? 'the host'} and is not in the state`,
      hint:
        'check state: in the environment file; if the state is lost: ' +
        `breakwater up --environment ${name} --from ${stack} --adopt-state`,
    },
  ]);
}
