import { header, RegistryClient, type PlainAnswer } from '../../oci';
import { describePlain } from '../answer-words';
import { evidence, fail, type Outcome } from '../model/outcome';
import type { ProjectContext } from '../model/check';
import type { MirrorTarget } from '../model/target';
import { namedImage, type NamedImage } from '../pull/named-image';
import { within } from '../pull/time-bound';
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
  const seen = [];
  for (const one of known) seen.push(await duringOutage(context, one));
  const shown = [
    ...direct.evidence,
    ...seen.map(({ host, words }) => evidence(`at ${host}`, words)),
    evidence('at Harbor itself', direct.message),
  ];
  const broken = seen.filter(({ kind }) => kind === 'missing');
  if (broken.length > 0) return fail(broken.map(({ host, words }) => `at ${host}: ${words}`).join('; '), shown);
  // After the shield revalidates, Harbor's own copy is valid at the mirror, too.
  if (seen.some(({ kind }) => kind === 'other')) return { ...direct, evidence: shown };
  if (direct.status === 'pass') return { ...direct, evidence: shown };
  const { host, words } = seen[0]!;
  return { status: 'pass', message: `at ${host}: ${words}. At Harbor itself: ${direct.message}`, evidence: shown };
}

interface Seen {
  readonly host: string;
  readonly kind: 'same' | 'other' | 'missing';
  readonly words: string;
}

async function duringOutage(context: ProjectContext, { mirror, image, digest }: Known): Promise<Seen> {
  const { host } = new URL(mirror.url);
  return asClientOf(context, mirror, image, async (one) => {
    const startedAt = performance.now();
    const byTag = await within(context.wire, BOUND_MS, (wire) => askMirror(one, 'HEAD', wire));
    const took = `${Math.round(performance.now() - startedAt)} ms`;
    const now = byTag && header(byTag, 'docker-content-digest');
    if (byTag?.status !== 200 || now === undefined)
      return { host, kind: 'missing', words: `${image.text}: ${describe(byTag)}` };
    const manifest = await within(context.wire, BOUND_MS, (wire) => askMirror(one, 'GET', wire, { reference: now }));
    if (manifest?.status !== 200)
      return { host, kind: 'missing', words: `${image.text}, ${now}: ${describe(manifest)}` };
    if (now !== digest) return { host, kind: 'other', words: `${image.text} is ${now} instead of ${digest}` };
    return { host, kind: 'same', words: `the same ${image.text} in ${took}` };
  });
}

function describe(answer: PlainAnswer | undefined): string {
  return answer ? describePlain(answer) : `no answer within ${BOUND_MS / 1_000} s`;
}
