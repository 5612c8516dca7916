import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { TreeFinding } from '../read-tree';
import type { ClusterEnvironment } from './cluster-schema';

/** Checks of `cluster:` that a schema cannot express. Pure. */
export function checkCluster(cluster: ClusterEnvironment, harbor: HarborEnvironment): TreeFinding[] {
  return [...checkOutside(harbor), ...checkChart(cluster, harbor), ...checkSecretNames(cluster)];
}

/** The Secrets that the chart creates itself, for a release called harbor. */
const OF_THE_CHART: ReadonlySet<string> = new Set(
  ['core', 'exporter', 'jobservice', 'registry', 'registryctl', 'registry-htpasswd', 'trivy', 'ingress', 'portal'].map(
    (component) => `harbor-${component}`,
  ),
);

/** Helm refuses to install over an object that it did not create. */
function checkSecretNames({ secrets }: ClusterEnvironment): TreeFinding[] {
  return Object.entries(secrets).flatMap(([key, name]: [string, string]) => {
    if (!OF_THE_CHART.has(name)) return [];
    const path = ['cluster', 'secrets', key];
    const message = `"${name}" is the name of a Secret that the chart creates`;
    return [{ rule: 'taken-name', path, message, hint: `use another name, such as ${name}-secret` }];
  });
}

/** Several pods cannot share what one machine stores locally: all of it must be external. */
function checkOutside(harbor: HarborEnvironment): TreeFinding[] {
  const needed = ['database', 'redis', 'storage'] as const;
  return needed.flatMap((key) => {
    if (harbor[key] !== undefined) return [];
    const message = `"${key}" is missing: cluster: needs an external one`;
    return [{ rule: 'missing-key', path: ['harbor'], message, hint: `add harbor.${key}` }];
  });
}

/** By appVersion: chart 1.17 is Harbor 2.13, 1.18 is 2.14, 1.19 is 2.15. */
const MINORS_AHEAD = 4;

/**
 * Its templates configure the images of its own release: images of another release would be configured incompletely.
 */
function checkChart({ chart_version: chart }: ClusterEnvironment, { version }: HarborEnvironment): TreeFinding[] {
  const wanted = `1.${minorOf(version) + MINORS_AHEAD}`;
  if (chart.startsWith(`${wanted}.`)) return [];
  const message = `chart ${chart} is not for Harbor ${version}`;
  return [{ rule: 'other-chart', path: ['cluster', 'chart_version'], message, hint: `use ${wanted}.x` }];
}

/** @param version v2.15.2 */
function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}
