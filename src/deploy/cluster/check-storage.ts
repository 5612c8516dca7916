import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { TreeFinding } from '../read-tree';
import type { ClusterEnvironment } from './cluster-schema';
import { replicasOf } from './component-values';

/**
 * Where images and Trivy's database are, and the Secrets that go with it.
 *
 *       harbor.storage   volumes.registry   finding
 *       yes              no                 none: pods read a bucket
 *       no               yes                none; shared-claim if several pods need a volume of one
 *       yes              yes                two-storages
 *       no               no                 missing-key
 */
export function checkStorage(cluster: ClusterEnvironment, { storage }: HarborEnvironment): TreeFinding[] {
  const { volumes, secrets } = cluster;
  const findings: TreeFinding[] = [];
  if (storage === undefined && !volumes?.registry) {
    const message = '"storage" is missing: cluster: needs an external one';
    const hint = 'add harbor.storage, or cluster.volumes.registry for a volume that all pods share';
    findings.push({ rule: 'missing-key', path: ['harbor'], message, hint });
  }
  if (storage !== undefined && volumes?.registry) {
    const message = 'images can be in only one place, and harbor.storage is declared';
    findings.push({
      rule: 'two-storages',
      path: ['cluster', 'volumes', 'registry'],
      message,
      hint: 'remove one of them',
    });
  }
  if (storage?.azure && secrets.azure === undefined) {
    const message = '"azure" is missing: without it the chart uses an example key';
    findings.push({ rule: 'missing-key', path: ['cluster', 'secrets'], message, hint: 'add secrets.azure' });
  }
  for (const key of ['s3', 'gcs', 'azure'] as const) {
    if (secrets[key] === undefined || storage?.[key] !== undefined) continue;
    const message = `it has no effect without harbor.storage.${key}`;
    findings.push({ rule: 'useless-key', path: ['cluster', 'secrets', key], message, hint: 'remove it' });
  }
  return [...findings, ...checkClaims(cluster)];
}

/**
 * Volumes that several pods would mount. Trivy's database can be open in one process only; a claim that the chart
 * creates itself is one for each pod, so that only an existing one is shared.
 */
function checkClaims(cluster: ClusterEnvironment): TreeFinding[] {
  const { trivy, registry } = cluster.volumes ?? {};
  const findings: TreeFinding[] = [];
  if (trivy?.existing_claim !== undefined && replicasOf(cluster, 'trivy') > 1) {
    const path = ['cluster', 'volumes', 'trivy', 'existing_claim'];
    const message = 'the pods of Trivy would share one volume, and only one can open its database';
    findings.push({ rule: 'shared-claim', path, message, hint: 'remove it, or set components.trivy.replicas: 1' });
  }
  const mode = registry?.access_mode ?? 'ReadWriteMany';
  if (registry && mode !== 'ReadWriteMany' && replicasOf(cluster, 'registry') > 1) {
    const path = ['cluster', 'volumes', 'registry', 'access_mode'];
    const message = `${mode} cannot be mounted by several pods of registry`;
    findings.push({
      rule: 'shared-claim',
      path,
      message,
      hint: 'use ReadWriteMany, or components.registry.replicas: 1',
    });
  }
  return findings;
}
