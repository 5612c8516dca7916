import type { Command as CommanderCommand } from 'commander';
import { Option } from 'commander';
import type { Declaration } from '../declaration/declaration';
import { objectsOutOfVersion } from '../declaration/field-versions';
import type { Diagnostic } from '../diagnostic';
import { DeclarationError } from '../errors';
import { kinds } from '../kinds';
import { makePlan } from '../plan/make-plan';
import type { Mode, Plan } from '../plan/plan';
import { readState, type State } from '../reconcile/read';
import type { CommandContext } from './command';
import type { Connection } from './connect';
import { collect } from './options';
import type { Progress } from './progress';
import { version } from './version';

export interface PlanningOptions {
  readonly mode: Mode;
  readonly target: readonly string[];
  readonly rotate: readonly string[];
}

export const TOOL = `breakwater ${version}`;

export function addPlanningOptions(command: CommanderCommand): CommanderCommand {
  return command
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
    .option('--rotate <address>', 'write the secret of this object again (repeatable)', collect, []);
}

export interface Planned {
  readonly plan: Plan;
  readonly state: State;
}

/**
 * Reads Harbor and compares: the same for `plan`, `apply`, `drift` and the demo.
 * @throws DeclarationError where the Harbor that answers would drop what is declared
 */
export async function planNow(
  { progress }: Pick<CommandContext, 'progress'>,
  declaration: Declaration,
  { client, identity }: Pick<Connection, 'client' | 'identity'>,
  { mode, target: targets, rotate }: PlanningOptions,
): Promise<Planned> {
  const { harborVersion } = identity;
  if (harborVersion !== undefined) holdAgainstVersion(declaration, harborVersion, progress);
  progress.stage('reading what Harbor has');
  const calls = client.calls;
  const state = await readState({ client, kinds, declaration, reporter: readingReporter(progress) });
  progress.line(`${client.calls - calls} API calls`);
  const target = { url: client.url, ...(harborVersion === undefined ? {} : { harborVersion }) };
  const plan = makePlan({
    tool: TOOL,
    declaration,
    current: state.current,
    kinds,
    mode,
    targets,
    rotate,
    identity,
    target,
  });
  return { plan, state };
}

/** Before anything is read: a plan would ask for such a field again and again, and no apply would bring it. */
function holdAgainstVersion({ objects }: Declaration, harborVersion: string, progress: Progress): void {
  const found = objectsOutOfVersion(objects, kinds, harborVersion);
  const tooNew = found.filter(({ severity }) => severity === 'error');
  for (const warning of found.filter(({ severity }) => severity !== 'error')) progress.line(inOneLine(warning));
  if (tooNew.length === 0) return;
  const places = tooNew.map((finding) => `\n  ${inOneLine(finding)}`);
  throw new DeclarationError(`this Harbor is too old for what is declared:${places.join('')}`, tooNew);
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
