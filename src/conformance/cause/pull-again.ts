import { compact } from '../../compact';
import { NetworkError } from '../../errors';
import {
  ACCEPT_MANIFEST,
  header,
  isManifestType,
  manifestReference,
  type ManifestAnswer,
  type RequestRecord,
} from '../../oci';
import { errorCode, errorText } from '../answer-words';
import { readArtifact } from '../harbor-api';
import type { PullContext } from '../model/context';
import { namedImage } from '../pull/named-image';
import { within } from '../pull/time-bound';

const WITHIN_MS = 10_000;

/** A pull that failed, tried once more through Harbor. */
export interface PullAgain {
  readonly status: number | 'silent';
  /** Harbor's own words, where it refuses. */
  readonly refusal?: string;
  /** Of an error: its body is one of a registry. */
  readonly isOfRegistry?: boolean;
  /** GET works, and HEAD does not. */
  readonly isOfHead?: boolean;
}

/** @param withHead the pull failed with HEAD: if GET works, HEAD is repeated, too */
export async function pullAgain(
  { project, puller, wire }: PullContext,
  text: string,
  withHead: boolean,
): Promise<PullAgain | undefined> {
  const { image, name } = namedImage(project.name, text);
  const ask = (method: 'GET' | 'HEAD'): Promise<ManifestAnswer | undefined> =>
    within(wire, WITHIN_MS, (bounded) => puller.manifest(method, name, manifestReference(image), bounded)).catch(
      undefinedWhereSilent,
    );
  const answer = await ask('GET');
  if (!answer) return { status: 'silent' };
  if (withHead && answer.status === 200) {
    const head = await ask('HEAD');
    // The response to HEAD has no body: a registry's errors are JSON, those of a proxy HTML or nothing.
    if (head && head.status >= 400)
      return { status: head.status, isOfRegistry: head.contentType === 'application/json', isOfHead: true };
  }
  const { status, body, contentType } = answer;
  const words = status === 412 || status === 403 ? errorText(body) : undefined;
  return compact({
    status,
    refusal: words,
    isOfRegistry: status >= 400 ? errorCode(body) !== undefined : isManifestType(contentType),
  });
}

/** A blob that did not come, requested from Harbor once more. */
export interface BlobAgain {
  /** `broken`: the connection ended without a response. */
  readonly status: number | 'silent' | 'broken';
  /** Of an error: its body is one of a registry. */
  readonly isOfRegistry?: boolean;
  /** Harbor lists the image, and it is no index: then all of its blobs are Harbor's own. */
  readonly isStored?: boolean;
}

/** `isStored` is absent if this identity may not read artifacts. */
export async function blobAgain(context: PullContext, text: string, digest: string): Promise<BlobAgain | undefined> {
  const { project, puller, wire } = context;
  const { image, name } = namedImage(project.name, text);
  const path = `/v2/${name}/blobs/${digest}`;
  const [answer, artifact] = await Promise.all([
    within(wire, WITHIN_MS, (bounded) => puller.authorized({ method: 'GET', path }, name, bounded)).catch(
      (thrown: unknown) => (isTimeout(thrown) ? undefined : ('broken' as const)),
    ),
    within(wire, WITHIN_MS, (bounded) =>
      readArtifact(context, image.repository, manifestReference(image), bounded),
    ).catch(() => undefined),
  ]);
  const isStored =
    artifact?.state === 'present'
      ? artifact.artifact.children.length === 0
      : artifact?.state === 'absent'
        ? false
        : undefined;
  if (answer === undefined || answer === 'broken') return compact({ status: answer ?? ('silent' as const), isStored });
  const isOfRegistry = answer.status >= 400 ? errorCode(answer.body) !== undefined : undefined;
  return compact({ status: answer.status, isOfRegistry, isStored });
}

const PULL = /^\/v2\/(.+)\/(manifests|blobs)\/[^/]+$/;

/** The first pull of a failed check that was answered with a redirect by Harbor's name. */
export function redirectedPull(requests: readonly RequestRecord[], { origin }: URL): string | undefined {
  const isRedirected = ({ url, status = 0 }: RequestRecord): boolean =>
    status >= 300 && status < 400 && URL.canParse(url) && new URL(url).origin === origin;
  return requests.find((one) => isRedirected(one) && PULL.test(new URL(one.url).pathname))?.url;
}

/**
 * Where a pull is sent instead of being answered; undefined where it is answered, and where Harbor itself would send it:
 * a short name to `library/`, a blob to a storage of its own.
 * @param url that was redirected before
 */
export async function redirectOf({ puller, wire }: PullContext, url: string): Promise<string | undefined> {
  const from = new URL(url);
  const [, name = '', kind] = PULL.exec(from.pathname) ?? [];
  const request = { method: 'GET', path: from.pathname + from.search, headers: { accept: ACCEPT_MANIFEST } } as const;
  const answer = await within(wire, WITHIN_MS, (bounded) => puller.authorized(request, name, bounded));
  const location = answer && answer.status >= 300 && answer.status < 400 ? header(answer, 'location') : undefined;
  if (location === undefined) return undefined;
  const to = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (!to) return location;
  const isElsewhere = to.origin !== from.origin;
  const isCircle = !isElsewhere && to.pathname === from.pathname;
  const isOfHarbor = isElsewhere ? kind === 'blobs' : to.pathname.startsWith('/v2/') && !isCircle;
  return isOfHarbor ? undefined : to.origin + to.pathname;
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof NetworkError && thrown.code === 'NETWORK_TIMEOUT';
}

function undefinedWhereSilent(thrown: unknown): undefined {
  if (!isTimeout(thrown)) throw thrown;
}
