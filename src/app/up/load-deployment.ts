import { compact } from '../../compact';
import { isIP } from 'node:net';
import { join, relative } from 'node:path';
import type { Environment } from '../../deploy/environment';
import { DEFAULT_DATA_VOLUME, waitSeconds } from '../../deploy/harbor';
import { frontPorts, type EdgeEnvironment } from '../../deploy/edge';
import { hostNeeds } from '../../deploy/host-needs';
import { loadHostSettings } from '../../deploy/host-settings';
import { environmentNames, loadEnvironment } from '../../deploy/load-environment';
import { hasErrors } from '../../diagnostic';
import { DeclarationError, UsageError } from '../../errors';
import { isWholePair, nodeNames, PAIR_NODES, type PairNode } from '../../deploy/pair';
import type { HostEnvironment } from '../../deploy/host-schema';
import type { Deployment, DeploymentHost } from './steps';
import type { AppContext } from '../context';

/** Ports that the stacks publish: Traefik's, and on the loopback address that of the log container. */
const LOG_PORT = 1514;
const DIRECTORY = join('stacks', 'environments');
/** Never chosen unless it is named; the stacks do the same. */
const SAMPLES = /^example(-|$)/;

/**
 * @param dryRun nothing will be run, so a sample is accepted
 * @throws UsageError, DeclarationError for a file that cannot be used
 */
export async function loadDeployment(
  { cwd, emit }: AppContext,
  asked: string | undefined,
  dryRun: boolean,
): Promise<Deployment> {
  const directory = join(relative('.', cwd), DIRECTORY);
  const name = asked ?? (await onlyEnvironment(directory));
  const { environment, diagnostics: found, source } = await loadEnvironment(directory, name);
  const settings = await loadHostSettings(directory, name, environment?.harbor, environment?.node?.pair);
  const diagnostics = [...found, ...settings.diagnostics];
  const sources = new Map([source, settings.source].flatMap((one) => (one ? [[one.file, one.text] as const] : [])));
  if (diagnostics.length > 0)
    emit({ type: 'findings', diagnostics, sources, usable: environment !== undefined && !hasErrors(diagnostics) });
  if (!environment || hasErrors(diagnostics))
    throw new DeclarationError(`the environment ${name} has errors: nothing was changed`, diagnostics, true);
  if (environment.sample && !dryRun)
    throw new UsageError(
      `${name} is a sample: it can be synthesized, but not deployed`,
      'copy it, fill in your host names and remove sample: true; --dry-run shows the commands',
    );
  return compact({ ...deploymentOf(environment), hostSettings: settings.file && relative(cwd, settings.file) });
}

/**
 * Samples do not count: they are never deployed by accident.
 * @throws UsageError if there is not exactly one
 */
async function onlyEnvironment(directory: string): Promise<string> {
  const all = await environmentNames(directory);
  const names = all.filter((name) => !SAMPLES.test(name));
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  const [sample] = all;
  if (only === undefined && sample !== undefined)
    throw new UsageError(
      `${DIRECTORY} contains only samples`,
      `copy one and fill in your host names, or try one with --environment ${sample} --dry-run`,
    );
  throw new UsageError(
    names.length === 0 ? `${DIRECTORY} contains no environment` : `${DIRECTORY} contains ${names.join(', ')}`,
    'choose one: --environment NAME',
  );
}

/** Defaults of the environment file are filled in here, so that steps and gates need not know them. */
export function deploymentOf(environment: Environment): Deployment {
  const { name, harbor, host, edge, machine, cluster, state, sample, backup, node } = environment;
  const front = edge && frontOf(edge);
  return compact({
    name,
    file: join(DIRECTORY, `${node?.pair ?? name}.yaml`),
    machines: isWholePair(environment) ? nodeNames(environment) : undefined,
    pairVariables: node && pairVariables(environment, node.id),
    ...(node && pairAddress(environment, node.id)),
    hostname: harbor.hostname,
    harborVersion: harbor.version,
    mirrorHostnames: (edge?.mirrors ?? []).map(({ hostname }) => hostname),
    edge: edge !== undefined,
    machine: machine !== undefined,
    cluster: cluster !== undefined,
    waits: compact({
      core: waitSeconds(harbor.waits, 'core'),
      postgresql: harbor.database ? undefined : waitSeconds(harbor.waits, 'postgresql'),
    }),
    dataVolume: harbor.data_volume ?? DEFAULT_DATA_VOLUME,
    ports: [...(front?.ports ?? []), ...(harbor.log_container ? [LOG_PORT] : [])],
    front,
    sample,
    needs: cluster ? undefined : hostNeeds(environment),
    stateDirectory: (state?.backend ?? 'local') === 'local' ? join('state', name) : undefined,
    vault: host?.vault && compact({ files: host.vault.files, passwordFile: host.vault.password_file }),
    host: host && hostOf(host),
    backup,
    kubernetes: cluster && compact({ kubeconfig: cluster.kubeconfig, context: cluster.context }),
  });
}

/** The file declares both machines; Ansible gets the one that is deployed, and its place in the pair. */
function pairVariables({ host, edge }: Environment, id: PairNode): Deployment['pairVariables'] {
  return { host, breakwater_node: id, breakwater_https_port: edge ? frontPorts(edge).https : undefined };
}

/** By the address that the other machine knows, or the one for ssh if that is an address. */
function pairAddress(
  { pair, host, harbor }: Environment,
  id: PairNode,
): Pick<Deployment, 'connectTo' | 'movesAddress'> {
  const own = pair?.keepalived?.addresses[PAIR_NODES.indexOf(id)] ?? host?.address ?? '';
  const connect = isIP(own) === 0 ? {} : { connectTo: `${harbor.hostname}=${own}` };
  return { ...connect, movesAddress: pair?.keepalived !== undefined };
}

function frontOf(edge: EdgeEnvironment): NonNullable<Deployment['front']> {
  return compact({ addresses: edge.listen?.addresses, ports: Object.values(frontPorts(edge)) });
}

function hostOf(host: HostEnvironment): DeploymentHost {
  const { address = 'localhost', user = 'deploy', port = 22, identity_file: identityFile, local } = host;
  const loginFiles = host.registry_auth?.map(({ config_file }) => config_file);
  return compact({ address, user, port, local: local === true, identityFile, loginFiles });
}
