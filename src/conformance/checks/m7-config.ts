import { servesPlatform } from '../../oci';
import { counted } from '../answer-words';
import { readBlob } from '../pull/blob-reading';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { parseConfig } from '../pull/image-config';
import type { NamedImage } from '../pull/named-image';
import type { PlatformResult } from '../pull/manifest-reading';
import { fail, failOn, mergeOutcomes, skip, type Outcome } from '../model/outcome';
import { artifactWords, isArtifact } from '../pull/artifact';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * The size and the digest of the config are compared by reading it completely. A config without the variant of its
 * platform (`arm64` for `arm64/v8`) is accepted, because many images have it like that.
 */
export const check: ProjectCheck = {
  id: 'M7',
  title: 'The config matches the image',
  proves: 'Each config has its digest and size, is for the required platform, and lists one diff ID per layer.',
  why: 'docker refuses an image whose layers and diff IDs do not match, after it has pulled all of it.',
  limits: 'Does not unpack layers, so a diff ID may still be wrong.',
  upstreamCost: '2 GET per config that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return skip('no manifest (see M2)');
  const { manifest } = resolved.top;
  if (isArtifact(manifest)) return skip(artifactWords(manifest));
  const outcomes = await Promise.all(
    resolved.platforms.map(async (result) => ({
      part: result.platform,
      outcome: await lookAtPlatform(context, image, result, manifest.kind === 'image'),
    })),
  );
  return mergeOutcomes(outcomes);
}

/**
 *       the config's platform                   a single image          an image of an index
 *       is the required one                     compare the layers      compare the layers
 *       is it without its variant               compare the layers      compare the layers
 *       another, one platform is required       fail                    fail, and compare the layers
 *       another, several are required           skip (see M5)           fail, and compare the layers
 *
 * Compared is the number of layers: a config must list one diff ID for each (OCI image specification, config).
 */
async function lookAtPlatform(
  { project, puller, wire }: ProjectContext,
  { name }: NamedImage,
  result: PlatformResult,
  isSingle: boolean,
): Promise<Outcome> {
  if ('problem' in result) return skip(`no manifest for ${result.platform} (see ${result.see})`);
  if (isArtifact(result.manifest)) return skip(artifactWords(result.manifest));
  const { answer, problem: wrong, kind } = await readBlob(puller, name, result.manifest.config, wire, true);
  if (wrong !== undefined) return fail(wrong, [], kind ? [kind] : []);
  const config = parseConfig(answer.body ?? Buffer.alloc(0));
  const malformed = [problem('image-malformed', 'its config')];
  if (!config) return fail(`the config is not a JSON object [${answer.requestId}]`, [], malformed);
  const { layers } = result.manifest;
  const problems: string[] = [];
  const isOther =
    !servesPlatform(config.platform, result.platform) && config.platform !== withoutVariant(result.platform);
  if (isSingle && isOther && project.platforms.length > 1)
    return skip(`a single image for ${config.platform || 'no platform'} (see M5)`);
  if (isSingle && isOther)
    return fail(
      `the image is for ${config.platform || 'no platform'}, required is ${result.platform}`,
      [],
      [problem('missing-platform', result.platform)],
    );
  if (isOther) problems.push(`the config is for ${config.platform || 'no platform'}, required is ${result.platform}`);
  if (config.diffIds.length !== layers.length)
    problems.push(`${counted(config.diffIds.length, 'diff ID')} for ${counted(layers.length, 'layer')}`);
  const kinds = problems.length > 0 ? malformed : [];
  return failOn(problems, `${result.platform}, ${counted(layers.length, 'layer')}`, [], kinds);
}

/** A config often omits the variant that its index states. */
function withoutVariant(platform: string): string {
  return platform.split('/').slice(0, 2).join('/');
}
