import type { Environment } from './environment';
import { settingsTable } from './harbor-settings';
import { checkPair } from './pair';
import type { TreeFinding } from './read-tree';

/**
 * Parts of an environment that have no effect, or a different one than expected, because of other parts. Pure.
 *
 *      with cluster:    edge: is ignored; without machine: also host: and the keys of harbor: for one host
 *      on a host        storage gcs and azure are refused
 *      without host:    refused, except for a pair: the Docker of this machine would be used
 *      with machine:    host.port other than 22 and host.local are refused
 */
export function checkCombinations(environment: Environment): TreeFinding[] {
  if (environment.cluster) return [...checkPair(environment), ...uselessBesideCluster(environment)];
  return [
    ...checkPair(environment),
    ...checkHost(environment),
    ...checkStorage(environment),
    ...(environment.machine ? checkMachinesHost(environment) : []),
  ];
}

/** Keys of `harbor:` for containers on one host, which the chart does not have. */
const OF_ONE_HOST = [
  'data_volume',
  'prepared_directory',
  'log_container',
  'log_location',
  'limits',
  'networks',
] as const;

function uselessBesideCluster({ harbor, host, edge, machine }: Environment): TreeFinding[] {
  const front = 'remove it: cluster.ingress or cluster.gateway replaces it';
  const hostKeys = [...(host ? [['host']] : []), ...keysOf(harbor).map((key) => ['harbor', key])];
  return [
    ...(edge ? [useless(['edge'], front)] : []),
    // A machine for a cluster has no user or disk settings here.
    ...(machine ? [] : hostKeys.map((path) => useless(path, 'leave it out'))),
  ];
}

function keysOf(harbor: Environment['harbor']): string[] {
  return OF_ONE_HOST.filter((key) => harbor[key] !== undefined);
}

function useless(path: TreeFinding['path'], hint: string): TreeFinding {
  return { rule: 'useless-key', path, message: 'it is ignored together with cluster:', hint };
}

/** The containers on a host mount a directory or read keys of S3: nothing hands them a key file of another storage. */
function checkStorage({ harbor: { storage } }: Environment): TreeFinding[] {
  return (['gcs', 'azure'] as const).flatMap((key) => {
    if (storage?.[key] === undefined) return [];
    const path = ['harbor', 'storage', key];
    // The same words as of harbor_host_settings and of Ansible alone.
    const { refused = '', instead = '' } = settingsTable()[`storage_service.${key}`] ?? {};
    return [{ rule: 'only-in-cluster', path, message: `not supported on a host: ${refused}`, hint: instead }];
  });
}

/** Without an address the Docker provider would use the local Docker and create Harbor there. */
function checkHost({ host, topology }: Environment): TreeFinding[] {
  if (host || topology === 'pair') return [];
  const hint = 'add host: { address: NAME }; for the Docker of this machine, write host: { local: true }';
  return [{ rule: 'missing-key', path: [], message: '"host" is missing: the machine that runs Harbor', hint }];
}

const SSH_PORT = 22;

function checkMachinesHost({ host }: Environment): TreeFinding[] {
  const other = host?.port !== undefined && host.port !== SSH_PORT;
  const port: TreeFinding = {
    rule: 'closed-port',
    path: ['host', 'port'],
    message: `the firewall of machine: allows ssh only on port ${SSH_PORT}, where sshd of a new machine listens`,
    hint: 'remove it, or create the machine yourself and remove machine:',
  };
  const local: TreeFinding = {
    rule: 'unused-machine',
    path: ['host', 'local'],
    message: 'Harbor would not run on the created machine',
    hint: 'write host: { address: NAME }, the name or address of the machine',
  };
  return [...(other ? [port] : []), ...(host?.local ? [local] : [])];
}
