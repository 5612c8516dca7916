import { NetworkError } from '../../errors';
import { isIndexType, isManifestType, manifestReference, type RegistryClient } from '../../oci';
import { describeAnswer } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { REWRITTEN_INDEX } from '../model/deviation';
import { fetchManifest, type FetchedManifest } from '../pull/manifest-reading';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, fail, knownDeviation, pass, skip, type Outcome } from '../model/outcome';
import { openUpstream } from '../pull/open-upstream';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * Digests that differ are read once more, because the tag may have moved between the two requests:
 *
 *      digests            type     Harbor's index has an image that the upstream's lacks   verdict
 *      equal              any      -                                                        pass
 *      different          image    -                                                        fail: old or other
 *      different          index    no: it is the same, rewritten                            known deviation
 *      different          index    yes                                                      fail: old or other
 *      different          index    could not be read                                        error
 *
 * Harbor stores an index with the images that it has (docs/harbor-behavior.md 10.6).
 */
export const check: ProjectCheck = {
  id: 'M6',
  title: 'The digest is the upstream’s',
  proves: 'Harbor serves a tag with the same digest as the upstream.',
  why: 'Harbor may serve a trimmed index or an old image (goharbor/harbor#21818, #19429).',
  limits: 'A tag that moves twice in a moment fails once. The upstream is queried from this machine, not from Harbor.',
  upstreamCost:
    '1 HEAD per image by Harbor and 1 HEAD by this machine; if the digests differ 1 more of each, and 1 GET of an index',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run,
};

async function run(context: ProjectContext): Promise<Outcome> {
  const { origin } = context.project;
  if (!context.project.proxy) return skip('not a proxy cache project');
  if (!origin) return skip('this run does not know the upstream');
  const upstream = openUpstream(origin);
  try {
    return await perImage(context, (image) => compare(context, upstream, image));
  } finally {
    await upstream.close();
  }
}

const TRIES = 2;

async function compare(
  context: ProjectContext,
  upstream: RegistryClient,
  named: NamedImage,
  tries = TRIES,
): Promise<Outcome> {
  const { puller, wire } = context;
  const { image, name } = named;
  const reference = manifestReference(image);
  const [served, there] = await Promise.all([
    puller.manifest('HEAD', name, reference, wire),
    upstream.manifest('HEAD', image.repository, reference, wire).catch(unreachable),
  ]);
  if ('unreachable' in there) return skip(`the upstream cannot be reached from here: ${there.unreachable}`);
  if (there.status !== 200 || there.headerDigest === undefined)
    return skip(`the upstream returned to this machine ${describeAnswer(there)}`);
  if (served.status !== 200) return skip(`Harbor returned ${describeAnswer(served)} (see M1)`);
  if (!isManifestType(served.contentType)) return skip(`Harbor served ${served.contentType} (see M1)`);
  if (served.headerDigest === undefined) return skip('Harbor announced no digest (see M1)');
  const shown = [evidence('Harbor', served.headerDigest), evidence('upstream', there.headerDigest)];
  if (served.headerDigest === there.headerDigest) return pass('the same digest', shown);
  if (tries > 1) return compare(context, upstream, named, tries - 1);
  const message = `Harbor serves ${served.headerDigest}, the upstream ${there.headerDigest}`;
  if (!isIndexType(served.contentType)) return fail(message, shown, STALE);
  const strangers = await strangersIn(context, upstream, named, [served.headerDigest, there.headerDigest]);
  if (typeof strangers === 'string') return error(`${message}; whether it is only rewritten is unknown: ${strangers}`);
  if (strangers.length === 0) return knownDeviation(REWRITTEN_INDEX, message, shown);
  return fail(`${message}, which does not contain ${strangers.join(', ')}: an old or another image`, shown, STALE);
}

const STALE = [problem('stale')];

/** Images in Harbor's index that the upstream's does not contain: a rewritten index has none. */
async function strangersIn(
  { puller, wire }: ProjectContext,
  upstream: RegistryClient,
  { image, name }: NamedImage,
  [ours, theirs]: readonly [string, string],
): Promise<string[] | string> {
  const served = await fetchManifest(puller, name, ours, wire);
  const there = await fetchManifest(upstream, image.repository, theirs, wire);
  if ('problem' in served) return served.problem;
  if ('problem' in there) return there.problem;
  const known = new Set(childrenOf(there));
  return childrenOf(served).filter((digest) => !known.has(digest));
}

function childrenOf({ digest, manifest }: FetchedManifest): string[] {
  return manifest.kind === 'index' ? manifest.children.map((child) => child.digest) : [digest];
}

function unreachable(cause: unknown): { unreachable: string } {
  if (cause instanceof NetworkError) return { unreachable: cause.message };
  throw cause;
}
