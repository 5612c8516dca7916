import { badRequest, internalError } from '../errors';
import type { BlobStore } from '../context/blob-store';
import { isIndex } from '../registry/artifact-metadata';
import { parseManifest } from '../registry/manifest';
import type { ArtifactRow } from '../store/rows';
import { filesOf } from './tar';

/** One document about an artifact, as `/additions/NAME` returns it. */
export interface Addition {
  readonly contentType: string;
  readonly value: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Additions that each type's processor offers (src/controller/artifact/processor), as linked in the response. */
export function additionTypes(row: ArtifactRow): readonly string[] {
  if (row.type === 'CHART') return ['values.yaml', 'readme.md', 'dependencies'];
  return row.type === 'IMAGE' && !isIndex(row) ? ['build_history'] : [];
}

/**
 * @throws HarborError 400 for an addition that this type does not have, 500 for a chart that cannot be unpacked
 * Nothing is precomputed: like Harbor, each request reads the configuration, or unpacks the chart, again.
 */
export async function readAddition(blobs: BlobStore, row: ArtifactRow, addition: string): Promise<Addition> {
  const wanted = addition.toUpperCase();
  if (!additionTypes(row).includes(addition)) throw badRequest(refusal(row, wanted));
  const manifest = parseManifest(row.manifestMediaType, await blobs.read(row.digest));
  const config = JSON.parse((await blobs.read(manifest.config!.digest)).toString('utf8')) as ConfigOf;
  if (row.type === 'IMAGE') return { contentType: JSON_TYPE, value: JSON.stringify(config.history ?? null) };
  if (addition === 'dependencies') return { contentType: JSON_TYPE, value: JSON.stringify(dependenciesOf(config)) };
  const contentType = addition === 'values.yaml' ? 'text/plain; charset=utf-8' : 'text/markdown; charset=utf-8';
  const layer = manifest.layers.find(({ digest }) => digest !== manifest.config!.digest);
  return { contentType, value: layer ? fileOf(await blobs.read(layer.digest), wanted) : '' };
}

/** An image's configuration, or a chart's metadata. */
interface ConfigOf {
  readonly history?: readonly object[];
  readonly apiVersion?: string;
  readonly dependencies?: readonly Readonly<Record<string, unknown>>[];
}

/**
 * The words depend on the type and not on the addition, because each type has a processor of its own in Harbor.
 */
function refusal(row: ArtifactRow, addition: string): string {
  if (row.type === 'IMAGE' && isIndex(row)) return `addition ${addition} isn't supported`;
  if (row.type === 'IMAGE') return `addition ${addition} isn't supported for IMAGE(manifest version 2)`;
  if (row.type === 'CHART') return `addition ${addition} isn't supported for CHART`;
  return `the processor for artifact ${row.type} not found, cannot get the addition`;
}

/** Since version 2 a chart lists its dependencies in its metadata. */
function dependenciesOf({ apiVersion, dependencies = [] }: ConfigOf): readonly object[] {
  if (apiVersion !== 'v2') return [];
  return dependencies.map(({ name, version, repository = '', ...rest }) => ({ name, version, repository, ...rest }));
}

/** A file at the top of the chart, ignoring case; '' if missing. */
function fileOf(archive: Buffer, name: string): string {
  try {
    for (const [path, bytes] of filesOf(archive))
      if (path.slice(path.indexOf('/') + 1).toUpperCase() === name) return bytes.toString('utf8');
    return '';
  } catch (error) {
    throw internalError(String(error));
  }
}
