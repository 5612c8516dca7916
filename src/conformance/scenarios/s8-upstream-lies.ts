import type { ProjectCheck, ProjectContext } from '../model/check';
import { mapBounded } from '../../map-bounded';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, failOn, type Evidence, type Outcome } from '../model/outcome';
import { pullImage } from '../pull/pull';
import { needsHealthyUpstream, scratchImage } from '../support/scratch';
import { describeWait, pullAndWait } from '../pull/pull-and-wait';
import type { UpstreamControl, UpstreamMode } from '../model/target';

/**
 * Four images, each pulled once while the upstream lies in another way. What the client gets then is not judged,
 * because Harbor passes it through (docs/harbor-behavior.md 10.8). Judged is what comes afterwards: the next pull, and
 * the one from the cache.
 */
export const check: ProjectCheck = {
  id: 'S8',
  title: 'Upstream sends broken content: the cache is not poisoned',
  proves:
    'After truncated layers, wrong bytes of the right length, HTML pages and truncated manifests, the next pull is correct, ' +
    'is stored, and is correct from the cache.',
  why: 'Harbor passes content on before it verifies it (goharbor/harbor#23600, #23882, #23373).',
  limits: 'Clients must verify content themselves: wrong content that they received is reported, but not a failure.',
  upstreamCost: 'only at the controllable upstream',
  phase: 'situation',
  scope: 'project',
  run: (context) => needsHealthyUpstream(context, (upstream) => play(context, upstream)),
};

/** What the upstream does, in words. */
const LIES: readonly (readonly [mode: UpstreamMode, words: string])[] = [
  ['cutblob', 'truncated layers'],
  ['wrongblob', 'wrong bytes'],
  ['html', 'HTML pages'],
  ['cut', 'truncated manifests'],
];

interface Lie {
  readonly words: string;
  readonly image: NamedImage;
  /** What a client saw. */
  readonly seen: string;
}

async function play(context: ProjectContext, upstream: UpstreamControl): Promise<Outcome> {
  const lies: Lie[] = [];
  try {
    for (const [mode, words] of LIES) lies.push(await lie(context, upstream, mode, words));
  } finally {
    await upstream.misbehave('ok');
  }
  // Harbor needs minutes to cache each: they wait together.
  const ends = await mapBounded(lies, lies.length, (one) => pullAgain(context, one));
  const shown = lies.map(({ words, seen }) => evidence(`given ${words}`, seen));
  const problems = ends.flatMap(({ problems }) => problems);
  const unknown = ends.flatMap((end) => end.unknown ?? []);
  if (problems.length === 0 && unknown.length > 0) return error(unknown.join('; '));
  const stored = ends.flatMap((end) => end.shown);
  const isStored = ends.every((end) => end.isStored);
  return failOn(
    problems,
    `after each of them the next pull was correct${isStored ? ' and was stored' : '; whether it was stored is not known'}`,
    [...shown, ...stored],
  );
}

/** The first pull may fail or not: what is judged is the next one (`pullAgain`). */
async function lie(
  context: ProjectContext,
  upstream: UpstreamControl,
  mode: UpstreamMode,
  words: string,
): Promise<Lie> {
  const image = scratchImage(context, mode);
  await upstream.publish(image.image.repository, image.image.tag, 1);
  await upstream.misbehave(mode);
  const { problems } = await pullImage(context.puller, image, firstPlatform(context), context.wire);
  // The next one is published by an upstream that behaves correctly.
  await upstream.misbehave('ok');
  return { words, image, seen: problems[0] ?? 'the right bytes' };
}

interface End {
  readonly problems: readonly string[];
  /** Why it is not known whether the cache is right: a limit or a failure came instead of the image. */
  readonly unknown?: string;
  readonly shown: readonly Evidence[];
  readonly isStored: boolean;
}

/** Three things: the pull is correct, it is stored, and what is stored is correct. */
async function pullAgain(context: ProjectContext, { words, image }: Lie): Promise<End> {
  const platforms = firstPlatform(context);
  const { pulled, caching } = await pullAndWait(context, image, platforms);
  const none = { shown: [], isStored: false };
  const failed = (what: string, problems: readonly string[]): End => ({
    problems: problems.map((problem) => `after ${words} ${what}: ${problem}`),
    ...none,
  });
  const unanswered = (why: readonly string[]): End => ({
    problems: [],
    unknown: `after ${words} it is not known whether the cache is right: ${why.join('; ')}`,
    ...none,
  });
  if (pulled.isUnanswered) return unanswered(pulled.problems);
  if (pulled.problems.length > 0) return failed('the next pull is wrong', pulled.problems);
  if (caching.state === 'missing') return failed('the next pull is not stored', [`${caching.what} is missing`]);
  const again = await pullImage(context.puller, image, platforms, context.wire);
  if (again.isUnanswered) return unanswered(again.problems);
  if (again.problems.length > 0) return failed('the cache is wrong', again.problems);
  const after = caching.state === 'cached' ? describeWait(caching.afterMs, context.timing.timeScale) : 'not known';
  return { problems: [], shown: [evidence(`stored after ${words}`, after)], isStored: caching.state === 'cached' };
}

function firstPlatform({ project }: ProjectContext): readonly string[] {
  return project.platforms.slice(0, 1);
}
