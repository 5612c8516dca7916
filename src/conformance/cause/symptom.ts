import { isDigest, parseImage, type RequestRecord } from '../../oci';
import type { CheckResult } from '../model/result';
import { INTERRUPTED } from '../model/outcome';
import type { ProjectTarget } from '../model/target';

/** What a failed check ran into, by the responses that it got; a complete but wrong response is not an outage. */
export type Symptom = 'refused' | 'denied' | 'policy' | 'rate-limited' | 'missing' | 'broken';

/** Undefined if every response was as expected: then the finding is about the bytes and is sufficient. */
export function symptomOf({ message, requests }: Pick<CheckResult, 'message' | 'requests'>): Symptom | undefined {
  // It ended with an error of Breakwater itself.
  if (message.startsWith(INTERRUPTED)) return undefined;
  const last = lastBadPull(requests);
  if (!last) return undefined;
  const { status = 0 } = last;
  if (status === 412) return 'policy';
  if (status === 429) return 'rate-limited';
  if (status === 404) return 'missing';
  if (status === 401) return 'refused';
  if (status === 403) return 'denied';
  return 'broken';
}

const PULL = /\/v2\/(.+)\/(manifests|blobs|tags)\/([^/?]+)/;

/**
 * The image of the failing response, below the project: a declared one of the same repository, else the requested one,
 * such as one that a scenario published.
 */
export function failedImage(
  { image, requests }: Pick<CheckResult, 'image' | 'requests'>,
  { name, images, registryType }: Pick<ProjectTarget, 'name' | 'images' | 'registryType'>,
): string | undefined {
  if (image !== undefined) return image;
  const [, path, kind, reference] = PULL.exec(lastBadPull(requests)?.url ?? '') ?? [];
  if (path === undefined || reference === undefined) return images[0];
  const own = path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path;
  const repository = registryType === 'docker-hub' && !own.includes('/') ? `library/${own}` : own;
  const asked = `${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
  const declared = images.filter((text) => isOf(text, repository));
  if (declared.length > 0) return declared.includes(asked) ? asked : declared[0];
  return kind === 'manifests' && 'value' in parseImage(asked) ? asked : images[0];
}

/** Checks ask for it because no registry has it. */
const NO_BLOB = /^sha256:0+$/;

/** Digest of the blob that the bad response was about; undefined if that blob is not expected to exist. */
export function failedBlob({ requests }: Pick<CheckResult, 'requests'>): string | undefined {
  const [, , kind, digest] = PULL.exec(lastBadPull(requests)?.url ?? '') ?? [];
  return kind === 'blobs' && digest !== undefined && isDigest(digest) && !NO_BLOB.test(digest) ? digest : undefined;
}

function isOf(text: string, repository: string): boolean {
  const parsed = parseImage(text);
  return 'value' in parsed && parsed.value.repository === repository;
}

/** The request with which a failed check ended. */
export function lastBadPull(requests: readonly RequestRecord[]): RequestRecord | undefined {
  return requests.filter(isPull).findLast(({ status, error }) => error !== undefined || (status ?? 0) >= 400);
}

/** The last response of a host in a check, for any request. */
export function lastStatus(requests: readonly RequestRecord[], host: string): number | undefined {
  const isOfHost = ({ url }: RequestRecord): boolean => hostOf(url) === host;
  return requests.filter(isOfHost).findLast(({ status }) => status !== undefined)?.status;
}

/**
 * The first request of a client is always refused: this is how it finds the token service. A check may ask Harbor and
 * the upstream at the same time, so that either comes first.
 */
function isPull({ method, url, status }: RequestRecord, at: number, all: readonly RequestRecord[]): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return PULL.test(url) && !(status === 401 && isChallenge(url, at, all));
}

/** The first response of its host, and the client went on to ask for a token. */
function isChallenge(url: string, at: number, all: readonly RequestRecord[]): boolean {
  if (at === 0) return true;
  const host = hostOf(url);
  const isFirst = all.findIndex((other) => hostOf(other.url) === host) === at;
  return isFirst && all.slice(at + 1).some((later) => !PULL.test(later.url));
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
