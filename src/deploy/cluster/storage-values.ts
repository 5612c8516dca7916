import { compact } from '../../compact';
import type { HarborEnvironment } from '../harbor/harbor-schema';
import type { ClaimSettings, ClusterEnvironment } from './cluster-schema';
import type { ChartValues } from './merge-values';
import type { ClusterSecrets } from './secrets-schema';

/** Where images are, and the volumes of pods. */
export function persistence({ volumes, secrets }: ClusterEnvironment, harbor: HarborEnvironment): ChartValues {
  const claims = compact<ChartValues>({
    trivy: volumes?.trivy && claim(volumes.trivy),
    registry: volumes?.registry && { accessMode: 'ReadWriteMany', ...claim(volumes.registry) },
  });
  return compact({
    enabled: true,
    persistentVolumeClaim: Object.keys(claims).length > 0 ? claims : undefined,
    imageChartStorage: volumes?.registry ? { type: 'filesystem' } : imageStorage(harbor, secrets),
  });
}

function claim({ storage_class, size, access_mode, existing_claim }: ClaimSettings): ChartValues {
  return compact({
    storageClass: storage_class,
    size,
    accessMode: access_mode,
    existingClaim: existing_claim,
  });
}

function imageStorage({ storage }: HarborEnvironment, secrets: ClusterSecrets): ChartValues {
  if (storage?.gcs) {
    const access = secrets.gcs === undefined ? { useWorkloadIdentity: true } : { existingSecret: secrets.gcs };
    return { type: 'gcs', disableredirect: true, gcs: { ...texts(storage.gcs), ...access } };
  }
  if (storage?.azure) {
    return {
      type: 'azure',
      disableredirect: true,
      azure: compact({ ...texts(storage.azure), existingSecret: secrets.azure }),
    };
  }
  return {
    type: 's3',
    disableredirect: true,
    s3: compact({ ...texts(storage?.s3 ?? {}), existingSecret: secrets.s3 }),
  };
}

/** Helm reads numbers as floating point: the chart would print 33554432 as 3.3554432e+07, which the registry refuses. */
function texts(options: object): ChartValues {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]: [string, unknown]) => [
      key,
      typeof value === 'number' ? String(value) : value,
    ]),
  );
}
