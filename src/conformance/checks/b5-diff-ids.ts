import { isElsewhere, readBlob } from '../pull/blob-reading';
import { mapBounded } from '../../map-bounded';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { parseConfig } from '../pull/image-config';
import { diffIdOf } from '../pull/layer-content';
import type { PlatformImage } from '../pull/manifest-reading';
import { evidence, fail, failOn, mergeOutcomes, skip, type Outcome } from '../model/outcome';
import { artifactWords, isArtifact } from '../pull/artifact';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * B1 proves the compressed bytes. This proves what a container runtime makes of them: it compares each unpacked layer
 * with the diff ID in the config of the image (OCI image specification, config, `rootfs.diff_ids`).
 */
export const check: ProjectCheck = {
  id: 'B5',
  title: 'Every layer unpacks to its diff ID',
  proves: 'Each layer of the required platforms, uncompressed (gzip or zstd), hashes to its diff ID.',
  why: 'A layer can match its digest and still be the wrong one: dockerd refuses it after the download.',
  limits: 'Only with --deep: every layer is read completely. The tar archive inside is not checked.',
  upstreamCost: '2 GET per layer that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) =>
    context.timing.deep
      ? perImage(context, (image) => look(context, image))
      : Promise.resolve(skip('only with --deep')),
};

/** zlib has four threads. */
const LAYERS_AT_ONCE = 4;

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return skip('no manifest (see M2)');
  const images = resolved.platforms.filter((result): result is PlatformImage => !('problem' in result));
  const parts = await mapBounded(images, 1, async (one) => ({
    part: one.platform,
    outcome: await unpack(context, image, one),
  }));
  return mergeOutcomes(parts);
}

/**
 *      GET config ── rootfs.diff_ids[i]  ══ must equal ══  SHA-256 of layer i after gunzip or unzstd
 *
 * Each layer is hashed as a stream: neither the compressed nor the unpacked bytes are held in memory.
 */
async function unpack(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  { manifest }: PlatformImage,
): Promise<Outcome> {
  if (isArtifact(manifest)) return skip(artifactWords(manifest));
  const { answer, problem: wrongConfig, kind } = await readBlob(puller, name, manifest.config, wire, true);
  if (wrongConfig !== undefined) return fail(wrongConfig, [], kind ? [kind] : []);
  const diffIds = parseConfig(answer.body ?? Buffer.alloc(0))?.diffIds ?? [];
  if (diffIds.length !== manifest.layers.length)
    return skip('the config does not have a diff ID for each layer (see M7)');
  // The largest first: begun last, it would be alone in the end.
  const inTurn = [...manifest.layers.entries()].sort(([, a], [, b]) => b.sizeBytes - a.sizeBytes);
  const results: string[] = [];
  await mapBounded(inTurn, LAYERS_AT_ONCE, async ([at, layer]) => {
    if (isElsewhere(layer)) return;
    const found = await diffIdOf(puller, name, layer, wire);
    if ('problem' in found) results[at] = `layer ${at + 1}, ${layer.digest}: ${found.problem}`;
    else if (found.diffId !== diffIds[at])
      results[at] = `layer ${at + 1} unpacks to ${found.diffId} instead of ${diffIds[at]}`;
  });
  const wrong = Object.values(results);
  const kinds = wrong.some((words) => words.includes(' unpacks to ')) ? [problem('image-malformed', 'diff IDs')] : [];
  return failOn(wrong, 'every layer unpacks to its diff ID', [evidence('layers', manifest.layers.length)], kinds);
}
