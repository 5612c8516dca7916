import { createHash } from 'node:crypto';
import { parseBasic } from '../sandbox/access/caller';
import { createAuthorizer } from '../sandbox/outgoing/upstream-auth';
import { readBytes, sendExpectingSuccess, type UpstreamRegistry } from '../sandbox/outgoing/upstream-http';

/** Names of the pluggable scanner API 1.2. */
export type Capability = 'vulnerability' | 'sbom';

/** The relevant parts of Harbor's request. */
export interface ScanRequest {
  readonly registry: { readonly url: string; readonly authorization?: string };
  readonly artifact: { readonly repository: string; readonly digest: string; readonly mime_type?: string };
  /** Harbor before 2.11 does not send it, and means vulnerabilities. */
  readonly capability: Capability;
}

const PULL_TIMEOUT_MS = 60_000;
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Undefined if it is not a scan request. */
export function scanRequestFrom(body: string): ScanRequest | undefined {
  try {
    const sent = JSON.parse(body) as {
      registry?: Partial<ScanRequest['registry']>;
      artifact?: Partial<ScanRequest['artifact']>;
      enabled_capabilities?: readonly { readonly type?: string }[];
    };
    const { url, authorization } = sent.registry ?? {};
    const { repository, digest } = sent.artifact ?? {};
    if (!url || !URL.canParse(url) || !repository || !digest) return undefined;
    const capability = sent.enabled_capabilities?.[0]?.type === 'sbom' ? 'sbom' : 'vulnerability';
    const registry = { url, ...(authorization ? { authorization } : {}) };
    return { registry, artifact: { ...sent.artifact, repository, digest }, capability };
  } catch {
    return undefined;
  }
}

/**
 * Pulls the manifest to scan, as a scanner would: an image that cannot be pulled gets no report. Rejects with
 * UpstreamError, or with Error if the bytes do not match the digest.
 */
export async function pullManifest({ registry, artifact }: ScanRequest, ca: string | undefined): Promise<void> {
  const { repository, digest, mime_type } = artifact;
  const endpoint = {
    type: 'docker-registry',
    url: registry.url,
    signal: AbortSignal.timeout(PULL_TIMEOUT_MS),
    ...(ca === undefined ? {} : { ca_certificate: ca }),
  };
  const authorization = await authorizationFor(endpoint, registry, repository);
  const headers = {
    accept: [...new Set([...(mime_type ? [mime_type] : []), ...MANIFEST_TYPES])].join(', '),
    ...(authorization === undefined ? {} : { authorization }),
  };
  const url = new URL(`${registry.url.replace(/\/+$/, '')}/v2/${repository}/manifests/${digest}`);
  const bytes = await readBytes(await sendExpectingSuccess(endpoint, { method: 'GET', url, headers }));
  const pulled = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (pulled !== digest) throw new Error(`${url.href}: the bytes are ${pulled}`);
}

/**
 * A robot's login is exchanged for a token, as scanners do: without one prevent_vul refuses the robot like everybody
 * else.
 */
async function authorizationFor(
  endpoint: UpstreamRegistry,
  { url, authorization }: ScanRequest['registry'],
  repository: string,
): Promise<string | undefined> {
  const login = parseBasic(authorization);
  if (!login) return authorization;
  const credential = { access_key: login.username, access_secret: login.password };
  const authorize = await createAuthorizer({ ...endpoint, credential }, new URL(url));
  return authorize(`repository:${repository}:pull`);
}
