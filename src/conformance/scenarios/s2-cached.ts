import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { evidence, fail, failOn, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { pullImage, type PulledImage } from '../pull/pull';
import { notCached, cachedPull } from '../pull/cached-pull';
import { requestsForImage } from '../support/upstream-log';

/** Without a controllable upstream only the digests can be compared ("passive"). */
export const check: ProjectCheck = {
  id: 'S2',
  title: 'Cached and unchanged: nothing is fetched again',
  proves: 'A second pull returns the same digests, and the upstream only gets HEAD requests.',
  why: "A cache that fetches again uses up the upstream's rate limit (goharbor/harbor#13566).",
  limits: 'Without a controllable upstream only digests are compared, because hits and misses look the same.',
  upstreamCost: '1 to 2 HEAD per image',
  upstreamPulls: 1,
  phase: 'situation',
  scope: 'project',
  run: (context) =>
    context.project.proxy
      ? perImage(context, (image) => look(context, image))
      : Promise.resolve(skip('not a proxy cache project')),
};

/**
 *      pull ── wait until it is cached ── empty the upstream's log ── pull again ── read the log
 *      another digest      fail
 *      a GET in the log    pulled once more; if there is one again, fail: Harbor fetched it again
 *      only HEAD           pass: Harbor asks whether the tag has moved (docs/harbor-behavior.md 10.2)
 *      no log              pass, marked as passive
 *
 * A single GET may be one for another project, whose copy of the same image Harbor is still making.
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const before = await cachedPull(context, image);
  if (!before) return skip(notCached(image));
  const { upstream } = context.project;
  const first = await pullAgain(context, image);
  const { again, log, fetched } = first.fetched.length > 0 ? await pullAgain(context, image) : first;
  if (again.problems.length > 0) return fail(again.problems.join('; '));
  const problems = [...differences(before, again)];
  if (fetched.length > 0) problems.push(`fetched again from upstream: ${fetched.join(', ')}`);
  const shown = [evidence('pull', `${again.durationMs} ms, the first took ${before.durationMs} ms`)];
  if (upstream) shown.push(evidence('requests at the upstream', log.join(', ') || 'none'));
  const seen = upstream ? 'the same digests, nothing fetched from upstream' : 'the same digests (passive)';
  return failOn(problems, seen, shown);
}

/** A pull with its requests at the upstream, and those that fetch something. */
async function pullAgain(
  context: ProjectContext,
  image: NamedImage,
): Promise<{ readonly again: PulledImage; readonly log: readonly string[]; readonly fetched: readonly string[] }> {
  const { upstream, platforms } = context.project;
  await upstream?.takeLog();
  const again = await pullImage(context.puller, image, platforms, context.wire);
  const log = requestsForImage((await upstream?.takeLog()) ?? [], { image: image.image, pulled: again });
  return { again, log, fetched: log.filter((line) => line.startsWith('GET')) };
}

function differences(before: PulledImage, again: PulledImage): string[] {
  if (before.digest === again.digest) return [];
  return [`the digest was ${before.digest} and is now ${again.digest}, although nothing was changed`];
}
