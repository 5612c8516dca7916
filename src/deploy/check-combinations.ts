import type { Environment } from './environment';
import type { TreeFinding } from './read-tree';

/** What in an environment has no effect, or not the one that is meant, because of what else is in it. Pure. */
export function checkCombinations(environment: Environment): TreeFinding[] {
  if (environment.cluster) return uselessBesideCluster(environment);
  return [...checkHost(environment), ...(environment.machine ? checkMachinesHost(environment) : [])];
}

/** Keys of `harbor:` that are about containers on one host: the chart has none of them. */
const OF_ONE_HOST = [
  'data_volume',
  'prepared_directory',
  'log_container',
  'log_location',
  'limits',
  'networks',
] as const;

function uselessBesideCluster({ harbor, host, edge, machine }: Environment): TreeFinding[] {
  const front = 'leave it out: cluster.ingress is the front there';
  const hostKeys = [...(host ? [['host']] : []), ...keysOf(harbor).map((key) => ['harbor', key])];
  return [
    ...(edge ? [useless(['edge'], front)] : []),
    // A machine that the cluster runs on has a user and a disk.
    ...(machine ? [] : hostKeys.map((path) => useless(path, 'leave it out'))),
  ];
}

function keysOf(harbor: Environment['harbor']): string[] {
  return OF_ONE_HOST.filter((key) => harbor[key] !== undefined);
}

function useless(path: TreeFinding['path'], hint: string): TreeFinding {
  return { rule: 'useless-key', path, message: 'nothing is made of it beside cluster:', hint };
}

/** Without an address the Docker provider would use the local Docker and create Harbor there. */
function checkHost({ host }: Environment): TreeFinding[] {
  if (host) return [];
  const hint = 'add host: { address: NAME }; for the Docker of this machine, say host: { local: true }';
  return [{ rule: 'missing-key', path: [], message: '"host" is missing: where Harbor runs', hint }];
}

const SSH_PORT = 22;

function checkMachinesHost({ host }: Environment): TreeFinding[] {
  const other = host?.port !== undefined && host.port !== SSH_PORT;
  const port: TreeFinding = {
    rule: 'closed-port',
    path: ['host', 'port'],
    message: `the firewall of machine: lets ssh in on ${SSH_PORT} alone, where sshd of a new machine listens`,
    hint: 'leave it out, or make the machine yourself and leave machine: out',
  };
  const local: TreeFinding = {
    rule: 'unused-machine',
    path: ['host', 'local'],
    message: 'the machine that is made is not where Harbor would run',
    hint: 'write host: { address: NAME }, the name or address of the machine',
  };
  return [...(other ? [port] : []), ...(host?.local ? [local] : [])];
}
