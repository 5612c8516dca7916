import { stat } from 'node:fs/promises';
import { UsageError } from '../errors';
import { clusterReferences, type Cache, type ClusterImages } from '../inventory';
import { readText } from './text-file';

/** How to write such a file. */
export const CLUSTER_HINT = 'write it with kubectl get pods,nodes -A -o json';
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * The images of a cluster. The size is looked at before the file is read: the whole document is in memory.
 * @param file output of `kubectl get pods,nodes -A -o json`
 * @throws UsageError also if it is not what `kubectl` writes
 */
export async function clusterImages(file: string, cache: Cache): Promise<ClusterImages> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_BYTES) throw new UsageError(`${file} is larger than 256 MiB`, 'split it by namespace');
  const text = await readText(file, CLUSTER_HINT);
  try {
    return clusterReferences(text, cache);
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, CLUSTER_HINT);
  }
}

/** What a file has besides pods and nodes, a sentence each. */
export function othersInCluster({ others }: ClusterImages): string[] {
  return Object.entries(others).map(
    ([kind, count]) => `${count} of kind ${kind} not read: only pods and nodes say what runs`,
  );
}
