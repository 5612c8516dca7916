import { compact } from '../../compact';
import { header, RegistryClient, type PlainAnswer } from '../../oci';
import { describePlain } from '../answer-words';
import { evidence, fail, type Evidence, type Outcome } from '../model/outcome';
import type { ProjectContext } from '../model/check';
import type { MirrorTarget } from '../model/target';
import { namedImage, type NamedImage } from '../pull/named-image';
import { within } from '../pull/time-bound';
import { failTooLong, mayBeOwnDelay, withOwnDelay, type TooLong } from './own-delay';
import { askMirror, type Mirror } from './per-mirror';

/** A mirror whose proxy caches tags (`shield:`). */
export type ShieldedMirror = MirrorTarget & { readonly shield: NonNullable<MirrorTarget['shield']> };

/** In the declared order; most projects have none. */
export function shieldedMirrors({ project }: ProjectContext): ShieldedMirror[] {
  return (project.mirrors ?? []).filter((mirror): mirror is ShieldedMirror => mirror.shield !== undefined);
}

/** One client of a mirror, without a credential, while `use` runs. */
export async function asClientOf<T>(
  context: ProjectContext,
  { url, serves }: MirrorTarget,
  image: NamedImage,
  use: (mirror: Mirror) => Promise<T>,
): Promise<T> {
  const client = RegistryClient.open({ url, ca: context.target.ca });
  try {
    return await use({ client, serves, image });
  } finally {
    await client.close();
  }
}

/** What a shield had cached for a tag before an outage. */
interface Known {
  readonly mirror: ShieldedMirror;
  readonly image: NamedImage;
  readonly digest: string;
}

/** Requests every image from every shielded mirror, so that it is cached: by tag, and the digest of the tag. */
export async function teachShields(context: ProjectContext): Promise<Known[]> {
  const images = context.project.images.map((text) => namedImage(context.project.name, text));
  const known: Known[] = [];
  for (const mirror of shieldedMirrors(context))
    for (const image of images) {
      const digest = await asClientOf(context, mirror, image, async (one) => {
        const found = header(await askMirror(one, 'HEAD', context.wire), 'docker-content-digest');
        if (found !== undefined) await askMirror(one, 'GET', context.wire, { reference: found });
        return found;
      });
      if (digest !== undefined) known.push({ mirror, image, digest });
    }
  return known;
}

/** The timeout of a client behind a shield: the shield's own timeout for Harbor, plus the network. */
const BOUND_MS = 5_000;

/**
 * What clients of the shielded mirrors see during an outage, for scenarios with a known deviation of Harbor: the shield
 * is there for that. A failure of Harbor stays a failure.
 */
export async function withShields(context: ProjectContext, known: readonly Known[], direct: Outcome): Promise<Outcome> {
  if (known.length === 0 || (direct.status !== 'known-deviation' && direct.status !== 'pass')) return direct;
  const seen: Seen[] = [];
  for (const one of known) seen.push(await duringOutage(context, one));
  const shown = [
    ...direct.evidence,
    ...seen.map(({ host, words }) => evidence(`at ${host}`, words)),
    evidence('at Harbor itself', direct.message),
  ];
  const broken = seen.filter(({ kind }) => kind === 'missing');
  if (broken.length > 0) return missingAt(broken, shown);
  // After the shield revalidates, Harbor's own copy is valid at the mirror, too.
  if (seen.some(({ kind }) => kind === 'other')) return { ...direct, evidence: shown };
  if (direct.status === 'pass') return { ...direct, evidence: shown };
  const [first] = seen;
  const message = `at ${first!.host}: ${first!.words}. At Harbor itself: ${direct.message}`;
  return { status: 'pass', message, evidence: shown };
}

/** A failure, unless each of them may be due to this machine. */
function missingAt(broken: readonly Seen[], shown: readonly Evidence[]): Outcome {
  const words = broken.map((one) => `at ${one.host}: ${one.words}`).join('; ');
  const late = broken.flatMap(({ tooLong }) => (tooLong && mayBeOwnDelay(tooLong) ? [tooLong] : []));
  return late[0] && late.length === broken.length ? failTooLong(words, late[0], shown) : fail(words, shown);
}

interface Seen {
  readonly host: string;
  readonly kind: 'same' | 'other' | 'missing';
  readonly words: string;
  /** There was no answer. */
  readonly tooLong?: TooLong;
}

async function duringOutage(context: ProjectContext, { mirror, image, digest }: Known): Promise<Seen> {
  const { host } = new URL(mirror.url);
  const missing = ({ answer, tooLong }: Asked): Seen =>
    compact<Seen>({ host, kind: 'missing', words: `${image.text}: ${describe(answer)}`, tooLong });
  return asClientOf(context, mirror, image, async (one) => {
    const byTag = await askBounded(context, one, 'HEAD');
    const now = byTag.answer && header(byTag.answer, 'docker-content-digest');
    if (byTag.answer?.status !== 200 || now === undefined) return missing(byTag);
    const manifest = await askBounded(context, one, 'GET', now);
    if (manifest.answer?.status !== 200) return missing(manifest);
    if (now !== digest) return { host, kind: 'other', words: `${image.text} is ${now} instead of ${digest}` };
    return { host, kind: 'same', words: `the same ${image.text} in ${Math.round(byTag.tookMs)} ms` };
  });
}

interface Asked {
  readonly answer?: PlainAnswer | undefined;
  readonly tookMs: number;
  readonly tooLong?: TooLong | undefined;
}

async function askBounded(
  { wire }: ProjectContext,
  mirror: Mirror,
  method: 'HEAD' | 'GET',
  reference?: string,
): Promise<Asked> {
  const startedAt = performance.now();
  const { result: answer, ownDelayMs } = await withOwnDelay(() =>
    within(wire, BOUND_MS, (bounded) => askMirror(mirror, method, bounded, compact({ reference }))),
  );
  const tookMs = performance.now() - startedAt;
  return { answer, tookMs, tooLong: answer ? undefined : { tookMs, boundMs: BOUND_MS, ownDelayMs } };
}

function describe(answer: PlainAnswer | undefined): string {
  return answer ? describePlain(answer) : `no answer within ${BOUND_MS / 1_000} s`;
}
