import type { Deployment } from './deployment';
import type { Action, StackId } from './steps';

/** One program to start. */
export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
  /** In addition to the environment of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Its standard input; none by default. */
  readonly input?: string;
}

/** Programs and directories, which differ between a checkout and the package. */
export interface Tools {
  /** `terraform`, or the value of TERRAFORM_BINARY_NAME, as for cdktf. */
  readonly terraform: string;
  /** The program that writes cdktf.out. */
  readonly synth: string;
  /** Directory of the playbooks. */
  readonly ansible: string;
  /** Directory of the environments, if it does not contain the playbooks. */
  readonly repository?: string;
}

/** The four commands that deploy a stack; the plan that is shown is the plan that is applied. */
export interface StackInvocations {
  readonly synth: Invocation;
  readonly init: Invocation;
  readonly plan: Invocation;
  readonly show: Invocation;
  /** The plan as a person reads it, without colors. */
  readonly showText: Invocation;
  readonly apply: Invocation;
  /** Terraform keeps a container that it would replace because it was not healthy in time. */
  readonly untaint: (address: string) => Invocation;
  /** Ends the lock of a run that is gone. */
  readonly unlock: (id: string) => Invocation;
}

const PLAN_FILE = 'breakwater.tfplan';

/** Paths are relative to the repository, in which all programs are started. */
export function stackInvocations(
  { name }: Deployment,
  stack: StackId,
  destroy: boolean,
  { terraform, synth }: Pick<Tools, 'terraform' | 'synth'>,
): StackInvocations {
  const at = `-chdir=cdktf.out/stacks/${stack}`;
  const env = { BREAKWATER_ENVIRONMENT: name };
  // Environments share cdktf.out: otherwise Terraform would take the state of another environment for a changed backend.
  const own = { TF_DATA_DIR: `.terraform-${name}` };
  const run = (...args: string[]): Invocation => ({ program: terraform, args: [at, ...args], env: own });
  return {
    synth: { program: 'node', args: [synth], env },
    init: run('init', '-input=false'),
    plan: run('plan', '-input=false', '-detailed-exitcode', ...(destroy ? ['-destroy'] : []), `-out=${PLAN_FILE}`),
    show: run('show', '-json', PLAN_FILE),
    showText: run('show', '-no-color', PLAN_FILE),
    apply: run('apply', '-input=false', PLAN_FILE),
    untaint: (address) => run('untaint', address),
    unlock: (id) => run('force-unlock', id),
  };
}

/**
 * Of several `-e`, Ansible uses the last value of a variable: host settings replace those of the environment
 * file, and the vault replaces both.
 */
export function playbookInvocation(
  { file, name, hostSettings, vault, pairVariables }: Deployment,
  playbook: string,
  { ansible, repository }: Pick<Tools, 'ansible' | 'repository'>,
  variables: Readonly<Record<string, unknown>> = {},
): Invocation {
  const more = { ...pairVariables, ...variables };
  const elsewhere = repository === undefined ? [] : ['-e', `breakwater_repository=${repository}`];
  return {
    program: 'ansible-playbook',
    args: [
      `${ansible}/playbooks/${playbook}.yml`,
      '-e',
      `@${file}`,
      ...(Object.keys(more).length === 0 ? [] : ['-e', JSON.stringify(more)]),
      ...(hostSettings === undefined ? [] : ['-e', `@${hostSettings}`]),
      ...(vault?.files ?? []).flatMap((one) => ['-e', `@${one}`]),
      ...(vault?.passwordFile === undefined ? [] : ['--vault-password-file', vault.passwordFile]),
      '-e',
      `breakwater_environment=${name}`,
      ...elsewhere,
    ],
    env: { ANSIBLE_CONFIG: `${ansible}/ansible.cfg` },
  };
}

/** What a person would type: the commands that are run, and their equivalents without Breakwater. */
export function commandLines(deployment: Deployment, action: Action, tools: Tools): readonly string[] {
  if (action.kind === 'breakwater') return [words(['breakwater', ...action.args])];
  if (action.kind === 'playbook')
    return [commandLine(playbookInvocation(deployment, action.playbook, tools, action.variables))];
  const { synth, init, plan, apply } = stackInvocations(deployment, action.stack, action.destroy, tools);
  const alone = `cdktf ${action.destroy ? 'destroy' : 'deploy'} ${action.stack}`;
  return [...[synth, init, plan, apply].map(commandLine), `# alone: ${environment(synth.env)}${alone}`];
}

/** With its variables, so that it can be copied into a shell. */
export function commandLine({ program, args, env }: Invocation): string {
  return `${environment(env)}${words([program, ...args])}`;
}

function environment(env: Readonly<Record<string, string>>): string {
  return Object.entries(env)
    .map(([name, value]) => `${name}=${shellWord(value)} `)
    .join('');
}

function words(all: readonly string[]): string {
  return all.map(shellWord).join(' ');
}

/** Quoted for a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
