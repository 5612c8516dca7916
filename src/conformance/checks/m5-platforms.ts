import { isManifestType, servesPlatform, type ChildDescriptor } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { artifactWords, isArtifact } from '../pull/artifact';
import { perImage } from '../support/per-image';
import { problem, type Problem } from '../model/problem';

/**
 *      served            required    verdict
 *      a single image    one         skip (see M7)
 *      a single image    several     fail
 *      an index          any         each must be in it, with the type and size that the index states
 *      an artifact       any         skip: it has no platforms
 */
export const check: ProjectCheck = {
  id: 'M5',
  title: 'Every required platform is served',
  proves: 'The index lists every required platform, and each is served with the size and type that the index states.',
  why: 'Harbor stores an index with only the platforms that were pulled (goharbor/harbor#20920, #19806).',
  limits: 'Other platforms may be missing; attestations (unknown/unknown) are never required.',
  upstreamCost: '2 HEAD per platform that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

/** A wrong child is named for each platform, but becomes one problem: several children of an index have one reason. */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const resolved = await context.images.resolve(context, image);
  if ('problem' in resolved) return skip('no manifest (see M2)');
  const required = context.project.platforms;
  const { manifest } = resolved.top;
  if (isArtifact(manifest)) return skip(artifactWords(manifest));
  if (manifest.kind === 'image')
    return required.length > 1
      ? fail(
          `a single image, but ${required.join(', ')} are required`,
          [],
          [problem('missing-platform', required.join(', '))],
        )
      : skip('a single image, not an index; M7 checks its platform');
  const children = await Promise.all(
    required.map(async (platform) => {
      const child = manifest.children.find((one) => servesPlatform(one.platform, platform));
      return child
        ? describeChild(context, image, child, platform)
        : { wrong: [`the index has no ${platform}`], kinds: [] };
    }),
  );
  const offered = manifest.children.map((child) => child.platform ?? 'unnamed').join(', ');
  const missing = required.filter(
    (platform) => !manifest.children.some((one) => servesPlatform(one.platform, platform)),
  );
  return failOn(
    children.flatMap(({ wrong }) => wrong),
    `${required.join(', ')} served`,
    [evidence('index offers', offered)],
    [
      ...(missing.length > 0 ? [problem('missing-platform', missing.join(', '))] : []),
      ...children.flatMap(({ kinds }) => kinds).slice(0, 1),
    ],
  );
}

/** HEAD of each child must have the type and size that the index states: clients refuse other content. */
async function describeChild(
  { puller, wire }: ProjectContext,
  { name }: NamedImage,
  child: ChildDescriptor,
  platform: string,
): Promise<{ readonly wrong: readonly string[]; readonly kinds: readonly Problem[] }> {
  const head = await puller.manifest('HEAD', name, child.digest, wire);
  if (head.status !== 200)
    return { wrong: [`${platform}: HEAD returned ${head.status} [${head.requestId}]`], kinds: [] };
  const problems: string[] = [];
  if (head.contentType !== child.mediaType)
    problems.push(`${platform}: type ${head.contentType}, the index says ${child.mediaType} [${head.requestId}]`);
  if (head.contentLength !== undefined && head.contentLength !== child.sizeBytes)
    problems.push(`${platform}: ${head.contentLength} bytes, the index says ${child.sizeBytes} [${head.requestId}]`);
  const kinds = isManifestType(head.contentType) ? [] : [problem('not-a-manifest', undefined, head.contentType)];
  return { wrong: problems, kinds };
}
