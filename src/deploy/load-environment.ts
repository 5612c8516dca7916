import { compact } from '../compact';
import { readdir } from 'node:fs/promises';
import { isIPv4 } from 'node:net';
import { join } from 'node:path';
import type { SourceText } from '../declaration/yaml/source-text';
import type { TreeNode } from '../declaration/yaml/tree';
import { hasErrors, inOrder, type Diagnostic } from '../diagnostic';
import { didYouMean } from '../suggest';
import { checkCluster } from './cluster';
import { checkCombinations } from './check-combinations';
import { checkTexts } from './check-text';
import { checkEdge } from './edge';
import { DEFAULT_SUBNETS, type NetworkId } from './harbor/harbor-schema';
import { checkRelease } from './harbor/recorded';
import type { Environment } from './environment';
import { environmentSchema } from './environment-schema';
import { faultOfHostname } from './host-name';
import { HOST_SETTINGS_FILE } from './host-settings';
import { checkMachine } from './machine';
import { nodeEnvironment, splitNodeName } from './pair';
import { servedNames } from './served-names';
import { diagnosticOf, readFileOf, type TreeFinding } from './read-tree';

/** One environment, or why there is none. */
export interface LoadedEnvironment {
  /** Absent when there is an error among the findings. */
  readonly environment?: Environment;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent when there is no such file. */
  readonly source?: SourceText;
  /** The content of the file with positions; absent if it cannot be read. */
  readonly tree?: TreeNode;
}

const ENVIRONMENT_FILE = /\.ya?ml$/;

/** The names of the environments in a directory, sorted. */
export async function environmentNames(directory: string): Promise<string[]> {
  const files = await readdir(directory).catch(() => []);
  return files
    .filter((file) => ENVIRONMENT_FILE.test(file) && !HOST_SETTINGS_FILE.test(file))
    .map((file) => file.replace(ENVIRONMENT_FILE, ''))
    .sort();
}

/** Reads `<directory>/<name>.yaml` and returns all findings at once. Changes nothing. */
export async function loadEnvironment(directory: string, name: string): Promise<LoadedEnvironment> {
  const names = await environmentNames(directory);
  const machine = names.includes(name) ? undefined : splitNodeName(name);
  if (machine && names.includes(machine.pair)) return loadNode(directory, name, machine);
  if (!names.includes(name)) return { diagnostics: [unknownEnvironment(directory, name, names)] };
  const { value, tree, source, ...found } = await readFileOf<Omit<Environment, 'name'>>(
    join(directory, `${name}.yaml`),
    environmentSchema,
  );
  const diagnostics = found.diagnostics.map(sayWhereSecretsAre);
  const read = compact<Pick<LoadedEnvironment, 'source' | 'tree'>>({ source, tree });
  if (!value || !tree) return { ...read, diagnostics: inOrder(diagnostics) };
  const environment: Environment = { name, ...value };
  const findings = checkEnvironment(environment);
  const all = inOrder([...diagnostics, ...findings.map((finding) => diagnosticOf(finding, tree))]);
  return compact({ ...read, environment: !hasErrors(all) ? environment : undefined, diagnostics: all });
}

/** `prod-a`: machine a of the pair that `prod.yaml` declares. */
async function loadNode(
  directory: string,
  name: string,
  { pair, node }: NonNullable<ReturnType<typeof splitNodeName>>,
): Promise<LoadedEnvironment> {
  const { environment, ...loaded } = await loadEnvironment(directory, pair);
  if (!environment) return loaded;
  if (environment.topology === 'pair') return { ...loaded, environment: nodeEnvironment(environment, node) };
  const finding = {
    rule: 'unknown-environment',
    path: [],
    message: `${pair} is not a pair: it has no machine ${node}`,
  };
  const hint = `use ${pair}, or write ${join(directory, `${name}.yaml`)}`;
  return { ...loaded, diagnostics: [...loaded.diagnostics, diagnosticOf({ ...finding, hint }, loaded.tree!)] };
}

/** A password in this file would be in Git. Ansible gets the same file, so people may put one there. */
function sayWhereSecretsAre(diagnostic: Diagnostic): Diagnostic {
  const key = diagnostic.path?.split('.').at(-1) ?? '';
  if (diagnostic.rule !== 'unknown-key' || !/pass|secret|token|(access|private|api)_?key/i.test(key)) return diagnostic;
  const hint =
    'do not write secrets into this file: Ansible reads them from its environment or a vault (docs/guides/host.md)';
  return { ...diagnostic, hint };
}

function unknownEnvironment(directory: string, name: string, names: readonly string[]): Diagnostic {
  const known = names.length > 0 ? `there are: ${names.join(', ')}` : `write ${join(directory, `${name}.yaml`)}`;
  const message = `${directory} contains no environment named "${name}"`;
  return { rule: 'unknown-environment', severity: 'error', message, hint: didYouMean(name, names) ?? known };
}

/** Checks that a schema cannot express. Pure. */
export function checkEnvironment(environment: Environment): TreeFinding[] {
  return [
    ...checkTexts(environment),
    ...checkHostnames(environment),
    ...(environment.cluster ? [] : checkRelease(environment.harbor.version)),
    ...checkSubnets(environment),
    ...checkWhole(environment),
    ...checkCombinations(environment),
    ...(environment.edge ? checkEdge(environment.edge) : []),
    ...(environment.machine ? checkMachine(environment.machine, servedNames(environment)) : []),
    ...(environment.cluster ? checkCluster(environment.cluster, environment.harbor) : []),
  ];
}

/**
 * Names of the examples must not be deployed: a certificate would be requested for a name that belongs to others.
 * Environments with `sample: true` are excepted.
 */
function checkHostnames({ harbor, edge, host, sample }: Environment): TreeFinding[] {
  if (sample) return [];
  const named: (readonly [TreeFinding['path'], string])[] = [
    [['harbor', 'hostname'], harbor.hostname],
    ...(edge?.mirrors ?? []).map(({ hostname }, index) => [['edge', 'mirrors', index, 'hostname'], hostname] as const),
  ];
  const hint = 'write the name that your clients will use; in an example file write "sample: true"';
  const findings = named.flatMap(([path, name]) => {
    const fault = faultOfHostname(name);
    return fault ? [{ rule: 'sample-hostname', path, message: `"${name}" ${fault}`, hint }] : [];
  });
  const address = host?.address;
  const isSample = address !== undefined && /(^|\.)example\.(com|net|org)$/.test(address);
  if (!isSample) return findings;
  const message = `"${address}" is a sample name: use your own`;
  return [
    ...findings,
    { rule: 'sample-hostname', path: ['host', 'address'], message, hint: 'write the name of your machine' },
  ];
}

/**
 * Each network of the containers needs a subnet of its own. Compared as text, which is enough because the schema allows
 * only /24.
 */
function checkSubnets({ harbor }: Environment): TreeFinding[] {
  const seen = new Map<string, NetworkId>();
  return (Object.keys(DEFAULT_SUBNETS) as NetworkId[]).flatMap((id) => {
    const subnet = harbor.networks?.[id] ?? DEFAULT_SUBNETS[id];
    const other = seen.get(subnet);
    seen.set(subnet, id);
    const path = ['harbor', 'networks', id];
    if (!isIPv4(subnet.replace('/24', '')))
      return [{ rule: 'bad-network', path, message: `${subnet} is not a network` }];
    if (other === undefined) return [];
    const message = `${subnet} is the subnet of ${other} as well`;
    return [{ rule: 'same-subnet', path, message, hint: 'use a separate /24 for each network' }];
  });
}

/** Mirror names share Harbor's proxy: a mirror with Harbor's own name would never be reached. */
function checkWhole({ harbor, edge }: Environment): TreeFinding[] {
  const seen = new Set([harbor.hostname]);
  return (edge?.mirrors ?? []).flatMap(({ hostname }, index) => {
    const again = seen.has(hostname);
    seen.add(hostname);
    const path = ['edge', 'mirrors', index, 'hostname'];
    const message = `"${hostname}" is used twice`;
    return again
      ? [{ rule: 'same-hostname', path, message, hint: 'a host name can serve only one project or Harbor' }]
      : [];
  });
}
