import { compact } from '../../compact';
import { BreakwaterError, NetworkError, type NetworkErrorCode } from '../../errors';
import {
  bearerChallenge,
  header,
  isManifestType,
  isPageType,
  manifestReference,
  readManifest,
  type RegistryClient,
  type RequestRecord,
  type RetryPolicy,
  type WireOptions,
} from '../../oci';
import type { PullContext } from '../model/context';
import type { UpstreamOrigin } from '../model/target';
import { openUpstream } from '../pull/open-upstream';
import { namedImage } from '../pull/named-image';
import { within } from '../pull/time-bound';

/** What the upstream says to this machine. `answers` is any response, also a refusal; `unreachable` is none. */
export type OriginFinding =
  | {
      readonly state: 'answers';
      readonly status: number;
      readonly requestId: string;
      /** Recognized by its type; a page with status 200 is not one. */
      readonly isManifest: boolean;
      /** The content type of a web page; a registry never returns one. */
      readonly isPage?: boolean;
      /** Of a response that is not a manifest. */
      readonly contentType?: string;
      /** Asked with GET: its type is that of a manifest, and its bytes are not one. */
      readonly isBroken?: boolean;
      /** For a 404: whether `/v2/` there responds like a registry. */
      readonly isRegistry?: boolean;
      /** The response is one of the token service. */
      readonly isOfToken?: boolean;
      readonly digest?: string;
      /** If it refused: the status of a token request with the declared account, without a scope. */
      readonly login?: number;
    }
  | {
      readonly state: 'unreachable';
      readonly code: NetworkErrorCode;
      readonly why: string;
      /** The host that did not respond, if it is not the upstream itself: registries send clients elsewhere for tokens. */
      readonly elsewhere?: string;
    };

/** A manifest as the upstream serves it to this machine. */
export interface OriginManifest {
  /** Absent if the bytes are truncated or not a manifest. */
  readonly digest?: string;
  /** Platforms of an index. */
  readonly platforms: readonly string[];
}

const WITHIN_MS = 10_000;
/** Larger blobs are not downloaded a second time just to find the party at fault. */
const MAX_BLOB_BYTES = 64 << 20;
/** A limit that lasts an hour is not waited for. */
const RETRY: RetryPolicy = { attempts: 2, baseDelayMs: 250, maxDelayMs: 1_000 };

type Asking = Pick<PullContext, 'project' | 'wire'>;

/**
 * Asks the upstream for an image, from this machine and with the declared login. One HEAD, which does not count as a
 * pull; GET does.
 * @param text below the project; the first declared image by default
 */
export async function askOrigin(
  { project, wire: unnoted }: Asking,
  text = project.images[0],
  method: 'HEAD' | 'GET' = 'HEAD',
): Promise<OriginFinding | undefined> {
  if (!project.origin || text === undefined) return undefined;
  const { image } = namedImage(project.name, text);
  const { wire, last } = noting(unnoted);
  const upstream = openUpstream(project.origin, RETRY);
  const login = async (status: number): Promise<{ login?: number }> => {
    if ((status !== 401 && status !== 403) || !project.origin?.credential) return {};
    const answered = await askLogin(upstream, wire).catch(() => undefined);
    return answered === undefined ? {} : { login: answered };
  };
  try {
    const answer = await within(wire, WITHIN_MS, (bounded) =>
      upstream.manifest(method, image.repository, manifestReference(image), bounded),
    );
    if (!answer) return unreachable(project.origin, last(), 'NETWORK_TIMEOUT', `no response in ${WITHIN_MS / 1000} s`);
    const { status, requestId, contentType, headerDigest } = answer;
    const isManifest = isManifestType(contentType);
    const isBroken = method === 'GET' && (answer.broken !== undefined || 'problem' in readManifest(answer));
    return compact({
      ...{ state: 'answers', status, requestId, isManifest: isManifest && !isBroken },
      contentType: isManifest ? undefined : contentType,
      isBroken: isManifest && isBroken ? true : undefined,
      isPage: isPageType(contentType),
      isRegistry: status === 404 ? await isRegistry(upstream, wire) : undefined,
      digest: headerDigest,
      ...(await login(status)),
    });
  } catch (error) {
    if (error instanceof NetworkError) return unreachable(project.origin, last(), error.code, error.message);
    const { status } = error as { status?: number };
    if (!(error instanceof BreakwaterError) || status === undefined) return undefined;
    const record = last();
    const isOfToken = record?.status === status && !isManifestUrl(record.url);
    if (!isAnswer(status, isOfToken, project.origin)) return undefined;
    const answered = {
      state: 'answers',
      status,
      requestId: record?.id ?? '',
      isManifest: false,
      isPage: false,
    } as const;
    return compact({ ...answered, isOfToken: isOfToken ? true : undefined, ...(await login(status)) });
  } finally {
    await upstream.close();
  }
}

const isManifestUrl = (url: string): boolean => /\/v2\/.+\/manifests\//.test(url);

/**
 * Whether a pull that ended without a token shows anything of the image or of the account:
 *
 *      401 without a token request, no credential      it wants a login
 *      the same with a credential                      nothing: the credential was not sent, such as to another realm
 *      401, 403, 429, 5xx of the token service         its refusal, its limit or its failure
 *      anything else of the token service              nothing
 */
function isAnswer(status: number, isOfToken: boolean, { credential }: UpstreamOrigin): boolean {
  if (!isOfToken) return status === 401 && credential === undefined;
  return status === 401 || status === 403 || status === 429 || status >= 500;
}

function unreachable(
  { url }: UpstreamOrigin,
  last: RequestRecord | undefined,
  code: NetworkErrorCode,
  why: string,
): OriginFinding {
  const host = last && URL.canParse(last.url) ? new URL(last.url).host : undefined;
  const elsewhere = last?.status === undefined && host !== new URL(url).host ? host : undefined;
  return compact({ state: 'unreachable', code, why, elsewhere });
}

/** The same, with what was requested last. */
function noting(wire: WireOptions): { readonly wire: WireOptions; readonly last: () => RequestRecord | undefined } {
  let last: RequestRecord | undefined;
  return { wire: { ...wire, record: (record) => (wire.record(record), void (last = record)) }, last: () => last };
}

/**
 * A wrong host or path returns 404 for every image: only a server that speaks the protocol can report a missing image.
 */
async function isRegistry(upstream: RegistryClient, wire: WireOptions): Promise<boolean | undefined> {
  const answer = await within(wire, WITHIN_MS, (bounded) =>
    upstream.plain({ method: 'GET', path: '/v2/' }, bounded),
  ).catch(() => undefined);
  if (!answer || answer.status === 429 || answer.status >= 500) return undefined;
  const isPage = isPageType(header(answer, 'content-type'));
  return answer.status === 401 || (answer.status === 200 && !isPage);
}

/** Seconds by which the clock of the upstream is ahead of this machine's; undefined if the upstream sends no date. */
export async function clockSkew({ project, wire }: Asking): Promise<number | undefined> {
  if (!project.origin) return undefined;
  const upstream = openUpstream(project.origin, RETRY);
  try {
    const answer = await within(wire, WITHIN_MS, (bounded) =>
      upstream.plain({ method: 'GET', path: '/v2/' }, bounded),
    ).catch(() => undefined);
    const theirs = Date.parse(answer ? (header(answer, 'date') ?? '') : '');
    return Number.isNaN(theirs) ? undefined : Math.round((theirs - Date.now()) / 1000);
  } finally {
    await upstream.close();
  }
}

async function askLogin(upstream: RegistryClient, wire: WireOptions): Promise<number | undefined> {
  return within(wire, WITHIN_MS, async (bounded) => {
    const ping = await upstream.plain({ method: 'GET', path: '/v2/' }, bounded);
    const { status } = await upstream.token(bearerChallenge(ping.headers['www-authenticate']), undefined, bounded);
    return status;
  });
}

/**
 * One GET, which counts as a pull: only used to find out whose bytes are wrong.
 * @param reference tag or digest
 */
export async function askOriginManifest(
  { project, wire }: Asking,
  text: string,
  reference?: string,
): Promise<OriginManifest | undefined> {
  if (!project.origin) return undefined;
  const { image } = namedImage(project.name, text);
  const upstream = openUpstream(project.origin, RETRY);
  try {
    const answer = await within(wire, WITHIN_MS, (bounded) =>
      upstream.manifest('GET', image.repository, reference ?? manifestReference(image), bounded),
    );
    // A login page, or one of a proxy between this machine and the upstream, is not what Harbor got.
    if (answer?.status !== 200 || isPageType(answer.contentType)) return undefined;
    const manifest = answer.broken ? { problem: 'cut' } : readManifest(answer);
    if ('problem' in manifest) return { platforms: [] };
    const children = manifest.kind === 'index' ? manifest.children : [];
    const platforms = children.flatMap(({ platform }) => platform ?? []);
    return compact<OriginManifest>({ digest: answer.digest, platforms });
  } finally {
    await upstream.close();
  }
}

/** A blob as the upstream gives it to this machine. */
export type OriginBlob = (
  | { readonly state: 'right' | 'wrong' | 'cut' | 'large' }
  | { readonly state: 'refused'; readonly status: number }
  | { readonly state: 'unreachable'; readonly code: NetworkErrorCode; readonly why: string }
) & {
  /** The host that was asked last: registries redirect blobs to a store of their own. */
  readonly host: string;
};

/** Whether the upstream serves this machine the right bytes of a blob; undefined if unknown. */
export async function askOriginBlob(
  { project, wire }: Asking,
  text: string,
  digest: string,
): Promise<OriginBlob | undefined> {
  if (!project.origin) return undefined;
  const { image } = namedImage(project.name, text);
  const upstream = openUpstream(project.origin, RETRY);
  const { wire: noted, last } = noting(wire);
  const host = (): string => new URL(last()?.url ?? project.origin?.url ?? '').host;
  try {
    const answer = await within(noted, WITHIN_MS, (bounded) =>
      upstream.blob(image.repository, digest, { limitBytes: MAX_BLOB_BYTES }, bounded),
    );
    // A large blob on a slow line is not one that never comes.
    if (!answer) return last()?.status === undefined ? silent(host()) : undefined;
    if (answer.status !== 200) return { state: 'refused', status: answer.status, host: host() };
    if (answer.broken) return { state: answer.broken.code === 'NETWORK_BODY_LIMIT' ? 'large' : 'cut', host: host() };
    return { state: answer.digest === digest ? 'right' : 'wrong', host: host() };
  } catch (error) {
    if (!(error instanceof NetworkError)) return undefined;
    return { state: 'unreachable', code: error.code, why: error.message, host: host() };
  } finally {
    await upstream.close();
  }
}

function silent(host: string): OriginBlob {
  return { state: 'unreachable', code: 'NETWORK_TIMEOUT', why: `no response in ${WITHIN_MS / 1000} s`, host };
}
