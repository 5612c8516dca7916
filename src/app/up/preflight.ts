import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import type { Declaration } from '../../declaration/declaration';
import { checkSecretsResolvable } from '../../declaration/secrets/secret-check';
import { loadInputs, pinnedImages } from '../../deploy/inputs';
import type { Diagnostic, Refusal } from '../../diagnostic';
import { explainDocker, explainSsh, judgeKeyMode, pulledThroughItself } from './steps';
import type { Deployment, DeploymentHost, Step, Tools } from './steps';
import type { UpContext } from './context';
import { secretsOf } from '../session';
import { checkDatabase } from './check-database';
import { checkHostFit } from './check-host-fit';
import { checkOccupants } from './check-occupants';
import { checkStateLocks } from './check-state-lock';
import { onHost, SSH_FAILED } from './on-host';
import { isOnPath } from './run-tool';
import type { World } from './world';

/** What is run, and where. */
export interface Machinery {
  readonly deployment: Deployment;
  readonly steps: readonly Step[];
  readonly tools: Tools;
}

/** What is checked depends on the steps: what none of them needs is not asked for. */
export interface Selected extends Machinery {
  readonly declaration: Declaration;
  /** This environment has not deployed a Harbor yet. */
  readonly first: boolean;
}

/** Everything that would stop a step halfway and can be known now. Changes nothing. */
export async function preflight(context: UpContext, selected: Selected, world: World): Promise<Refusal[]> {
  const found = await Promise.all([
    checkMachine(context, selected),
    checkOccupants(context, selected),
    checkHostFit(context, selected),
    checkDatabase(context, selected),
    checkStateLocks(context, selected),
    checkVault(context, selected),
    checkNames(selected, world),
    checkPorts(selected, world),
    checkPins(context, selected),
    checkLogins(context, selected),
    checkDeclaration(context, selected),
  ]);
  return found.flat();
}

/** The required programs on this machine, and the connection to the host. */
export async function checkMachine(context: UpContext, machinery: Machinery): Promise<Refusal[]> {
  const tools = await checkTools(context, machinery);
  const noSsh = tools.some(({ program, found }) => program === 'ssh' && !found);
  return [...checkPrograms(tools), ...(noSsh ? [] : await checkHost(context, machinery))];
}

interface Tool {
  readonly program: string;
  readonly found: boolean;
  readonly hint: string;
}

/** Only the programs that the chosen steps need. */
async function checkTools(context: UpContext, { steps, deployment, tools }: Machinery): Promise<Tool[]> {
  const needed = new Map<string, string>();
  const kinds = new Set(steps.flatMap(({ actions }) => actions.map(({ kind }) => kind)));
  const remote = deployment.host?.local === false;
  if (kinds.has('stack'))
    needed.set(tools.terraform, 'install Terraform 1.5 or later, or name another: TERRAFORM_BINARY_NAME=tofu');
  if (kinds.has('playbook'))
    needed.set('ansible-playbook', 'install it: apt install ansible, or pipx install ansible-core');
  if (remote && (kinds.has('stack') || kinds.has('playbook')))
    needed.set('ssh', 'install it: apt install openssh-client');
  return Promise.all(
    [...needed].map(async ([program, hint]) => ({ program, hint, found: await isOnPath(program, context) })),
  );
}

function checkPrograms(tools: readonly Tool[]): Refusal[] {
  return tools
    .filter(({ found }) => !found)
    .map(({ program, hint }) => ({ rule: 'missing-program', message: `${program} is not on the PATH`, hint }));
}

/** A DNS record that the stack `machine` creates cannot exist before it. */
async function checkNames({ deployment, steps }: Selected, world: World): Promise<Refusal[]> {
  const asked = steps.some(({ id }) => id === 'edge' || id === 'health');
  const made = steps.some(({ id }) => id === 'machine' || id === 'cluster');
  if (!asked || made) return [];
  const names = [deployment.hostname, ...deployment.mirrorHostnames];
  const found = await Promise.all(names.map(async (name) => ({ name, isThere: await world.resolves(name) })));
  const to = deployment.host?.address ?? 'the host';
  return found
    .filter(({ isThere }) => !isThere)
    .map(({ name }) => ({
      rule: 'dns',
      message: `${name} does not resolve here`,
      hint: `create a DNS record that points to ${to}: clients, the certificate and the steps after edge need it`,
    }));
}

/**
 * Nothing if the machine does not exist yet, because a step creates it. The key is checked first: without it
 * Docker cannot be asked.
 */
async function checkHost(context: UpContext, { deployment, steps }: Machinery): Promise<Refusal[]> {
  const { host } = deployment;
  const touched = steps.some(({ id }) => ['host', 'images', 'harbor', 'edge'].includes(id));
  if (!host || !touched || steps.some(({ id }) => id === 'machine')) return [];
  const key = host.local ? undefined : await checkKey(context, host);
  const installs = steps.some(({ id }) => id === 'host');
  return key ? [key] : checkDocker(context, host, installs);
}

async function checkKey({ cwd, env }: UpContext, { identityFile }: DeploymentHost): Promise<Refusal | undefined> {
  if (identityFile === undefined) return undefined;
  const found = await statOf(identityFile, { cwd, env });
  if (found) return judgeKeyMode(identityFile, found.mode);
  return {
    rule: 'ssh-key',
    message: `${identityFile} does not exist`,
    hint: 'host.identity_file names the private key on this machine',
  };
}

function statOf(file: string, { cwd, env }: Pick<UpContext, 'cwd' | 'env'>): Promise<Stats | undefined> {
  return stat(resolve(cwd, file.replace(/^~(?=\/)/, env['HOME'] ?? homedir()))).catch(() => undefined);
}

/**
 * The connection that the docker provider uses.
 * @param installs whether the step `host` installs Docker and gives the user access
 */
async function checkDocker(context: UpContext, host: DeploymentHost, installs: boolean): Promise<Refusal[]> {
  const { code, stderr } = await onHost(context, host, "docker version --format '{{.Server.Version}}'");
  if (code === 0) return [];
  if (code === SSH_FAILED && !host.local) return [explainSsh(stderr, host)];
  return installs ? [] : [explainDocker(stderr, host)];
}

/** Ansible would stop at the step `host` with a stack trace. */
async function checkVault({ cwd, env }: UpContext, { deployment, steps }: Machinery): Promise<Refusal[]> {
  const { vault } = deployment;
  if (!vault || !steps.some(({ actions }) => actions.some(({ kind }) => kind === 'playbook'))) return [];
  const named = [...vault.files, ...(vault.passwordFile === undefined ? [] : [vault.passwordFile])];
  const found = await Promise.all(named.map((file) => statOf(file, { cwd, env })));
  const hint = 'host.vault names files of this repository; write it with ansible-vault create';
  return named
    .filter((_, index) => found[index] === undefined)
    .map((file) => ({ rule: 'vault-file', message: `${file} does not exist`, hint }));
}

/** The provider would report it in the plan of images, after the host was changed. */
async function checkLogins(context: UpContext, { deployment, steps }: Selected): Promise<Refusal[]> {
  const files = steps.some(({ id }) => id === 'images') ? (deployment.host?.loginFiles ?? []) : [];
  const found = await Promise.all(files.map((file) => statOf(file, context)));
  const hint = 'host.registry_auth names a file of `docker login` on this machine: docker login REGISTRY';
  return files
    .filter((_, index) => !found[index]?.isFile())
    .map((file) => ({ rule: 'registry-login', message: `${file} does not exist`, hint }));
}

const DEFAULT_FRONT: NonNullable<Deployment['front']> = { ports: [80, 443] };

/** Later, Traefik listens there; the playbook preflight.yml reports which program uses the port. */
async function checkPorts({ deployment, steps, first }: Selected, world: World): Promise<Refusal[]> {
  const { host } = deployment;
  if (!first || !host || !steps.some(({ id }) => id === 'edge') || steps.some(({ id }) => id === 'machine')) return [];
  const { addresses = [host.local ? '127.0.0.1' : host.address], ports } = deployment.front ?? DEFAULT_FRONT;
  const asked = addresses.flatMap((address) => ports.map((port) => ({ address, port })));
  const taken = await Promise.all(
    asked.map(async ({ address, port }) => ({ address, port, used: await world.listens(address, port) })),
  );
  return taken
    .filter(({ used }) => used)
    .map(({ address, port }) => ({
      rule: 'port-in-use',
      message: `port ${port} of ${address} is in use, but Traefik needs it`,
      hint: `find the program on the host: ss -ltnp 'sport = :${port}'`,
    }));
}

/** The synthesis would report the same, but only after the step `host` has changed the host. */
async function checkPins({ cwd }: UpContext, { deployment, steps }: Selected): Promise<Refusal[]> {
  if (!steps.some(({ id }) => id === 'images' || id === 'cluster')) return [];
  const { inputs, diagnostics } = await loadInputs(join(relative('.', cwd), 'stacks'), deployment.name);
  if (!inputs) return diagnostics.filter(({ severity }) => severity === 'error').map(unusable);
  const names = [deployment.hostname, ...deployment.mirrorHostnames];
  return pulledThroughItself(pinnedImages(inputs), names, deployment.front?.ports);
}

function unusable({ rule, message, hint, at }: Diagnostic): Refusal {
  const place = at ? `${at.file}:${at.line}:${at.column}: ` : '';
  return { rule, message: `${place}${message}`, hint: hint ?? 'fix it first: the stacks cannot be synthesized' };
}

/** Policies for another Harbor would change and verify the wrong one. */
async function checkDeclaration(context: UpContext, { deployment, declaration, steps }: Selected): Promise<Refusal[]> {
  const asked = new Set(steps.map(({ id }) => id));
  if (!['before', 'health', 'apply', 'conform'].some((id) => asked.has(id as Step['id']))) return [];
  return [
    ...otherHarbor(deployment, declaration),
    ...(asked.has('conform') && declaration.conformance.length === 0 ? [nothingToProve(declaration.directory)] : []),
    ...(asked.has('apply') ? await missingSecrets(context, declaration) : []),
  ];
}

/** A wrong pair of files would apply the policies of one Harbor to another one. */
function otherHarbor({ hostname, file }: Deployment, { harbor, directory }: Declaration): Refusal[] {
  const declared = harbor && new URL(harbor.url).hostname;
  if (declared === hostname) return [];
  return [
    {
      rule: 'other-harbor',
      message: `${directory} declares ${declared ?? 'no Harbor'}, but ${file} deploys ${hostname}`,
      hint: 'change harbor.url in the policies, or pass --instance',
    },
  ];
}

function nothingToProve(directory: string): Refusal {
  return {
    rule: 'nothing-to-prove',
    message: `${directory} declares no image to pull, so the deployment cannot be verified`,
    hint: 'add conformance: { pull: [library/alpine:3.20] } to a project',
  };
}

async function missingSecrets(context: UpContext, declaration: Declaration): Promise<Refusal[]> {
  const found = await checkSecretsResolvable(declaration.secrets ?? [], {
    resolve: secretsOf(context, declaration),
    severity: 'error',
    runCommands: true,
  });
  return found.map(({ rule, message, hint }) => ({ rule, message, hint: hint ?? 'apply needs every declared secret' }));
}
