import {
  ACCEPT_MANIFEST,
  header,
  isPageType,
  manifestReference,
  RegistryClient,
  type PlainAnswer,
  type WireOptions,
} from '../../oci';
import type { ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import { describePlain } from '../answer-words';
import { error, mergeOutcomes, skip, type Outcome } from '../model/outcome';
import { problem, type Problem } from '../model/problem';
import { firstImage } from './per-image';

/** A mirror domain as its clients use it: without a credential, because docker sends none. */
export interface Mirror {
  readonly client: RegistryClient;
  /** The registry whose images it serves, such as `docker.io`: containerd sends it as `ns`. */
  readonly serves: string;
  /** An image by its name below the project: mirrors know no other. */
  readonly image: NamedImage;
}

/**
 * Runs a check for every mirror domain of the project, and merges the outcomes.
 * @param image to request; default: the first declared one
 */
export async function perMirror(
  context: ProjectContext,
  look: (mirror: Mirror) => Promise<Outcome>,
  image = firstImage(context),
): Promise<Outcome> {
  const mirrors = context.project.mirrors ?? [];
  if (mirrors.length === 0) return skip('no mirror domain is declared for this project');
  if (!image) return skip('no image is declared for this project');
  const parts: { part: string; outcome: Outcome }[] = [];
  for (const { url, serves } of mirrors) {
    const client = RegistryClient.open({ url, ca: context.target.ca });
    try {
      parts.push({ part: client.url.host, outcome: await look({ client, serves, image }) });
    } finally {
      await client.close();
    }
  }
  return mergeOutcomes(parts);
}

/** The problem of a response from a mirror domain that a registry would not send. */
export function mirrorProblem(host: string, answer: Pick<PlainAnswer, 'status' | 'headers'>): Problem {
  const { status } = answer;
  const isPage = isPageType(header(answer, 'content-type'));
  if ((isPage && status < 400) || (status >= 300 && status < 400)) return problem('mirror-page', host, String(status));
  // 403 is a refusal of a login only by a registry; a page with it is one of a firewall.
  const isLogin = status === 401 || (status === 403 && !isPage);
  return problem(isLogin ? 'mirror-login' : 'mirror-answer', host, String(status));
}

/**
 * A limit or a failure at the mirror may be one of Harbor itself, which it passes on: then nothing is known of the mirror.
 * @param askHarbor the same request to Harbor
 */
export async function passedOn(
  { status }: Pick<PlainAnswer, 'status'>,
  askHarbor: () => Promise<PlainAnswer>,
  isRight: (own: PlainAnswer) => boolean,
): Promise<Outcome | undefined> {
  if (status !== 429 && status < 500) return undefined;
  const own = await askHarbor();
  return isRight(own) ? undefined : error(`Harbor itself returned ${describePlain(own)}, the mirror ${status}`);
}

/** The same for a manifest: Harbor is asked for it under the name of the project. */
export function manifestPassedOn(
  { puller, wire }: ProjectContext,
  { image }: Mirror,
  reference: string,
  answer: PlainAnswer,
  expected: number,
): Promise<Outcome | undefined> {
  const path = `/v2/${image.name}/manifests/${reference}`;
  const askHarbor = (): Promise<PlainAnswer> =>
    puller.authorized({ method: 'GET', path, headers: { accept: ACCEPT_MANIFEST } }, image.name, wire);
  return passedOn(answer, askHarbor, ({ status }) => status === expected);
}

/**
 * HEAD or GET of one manifest at the mirror, without following redirects.
 * @param query such as `?ns=docker.io`
 */
export function askMirror(
  { client, image }: Mirror,
  method: 'GET' | 'HEAD',
  wire: WireOptions,
  { reference = manifestReference(image.image), query = '' } = {},
): Promise<PlainAnswer> {
  const { repository } = image.image;
  const path = `/v2/${repository}/manifests/${reference}${query}`;
  return client.authorized({ method, path, headers: { accept: ACCEPT_MANIFEST } }, repository, wire);
}
