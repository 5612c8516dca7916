import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConformanceTarget, ProjectTarget, UpstreamControl } from '../../../src/conformance';
import type { UpstreamMode } from '../../../src/conformance/model/target';
import { OCI_INDEX, sha256Digest, type Credential } from '../../../src/oci';
import { fixtureImage, image, index, type FixtureBlob, type FixtureImage } from '../../../src/upstream';

/** One way to be wrong each. */
export type DoubleFault =
  | 'portal page'
  | 'foreign realm'
  | 'wrong service'
  | 'no scope in the challenge'
  | 'served without a token'
  | 'anonymous may pull what is private'
  | 'anonymous may not pull what is public'
  | 'dead robot'
  | 'any robot secret accepted'
  | 'robot may push'
  | 'token opens other projects'
  | 'wrong digest on HEAD'
  | 'no digest on HEAD'
  | 'wrong manifest bytes'
  | 'wrong media type'
  | 'wrong child bytes'
  | 'missing platform'
  | 'wrong child size'
  | 'config of another platform'
  | 'truncated layer'
  | 'layer cut by the connection'
  | 'bit flip in a layer'
  | 'layer is an HTML page'
  | 'slow layer'
  | 'push accepted'
  | 'pushes end at a wall'
  | 'never cached'
  | 'downloads three times'
  | 'fetches again'
  | 'stale tag'
  | 'nothing without upstream'
  | 'another image without upstream'
  | 'removed with the tag'
  | 'serves a removed tag'
  | 'a refused login reaches what is cached'
  | 'a rate limit reaches what is cached'
  | 'a rate limit reads as not found'
  | 'clock an hour behind'
  | 'tokens are a page'
  | 'catalog is a page'
  | 'any token accepted'
  | 'token POST forbidden'
  | 'missing project is an error'
  | 'another image for podman'
  | 'sends again what has not changed'
  | 'missing tag is an error'
  | 'tag not listed'
  | 'referrers are a page'
  | 'referrers without their type'
  | 'missing digest wants a login'
  | 'huge manifest'
  | 'redirects to nowhere'
  | 'ranges are ignored'
  | 'range of other bytes'
  | 'range without its size'
  | 'blob HEAD of another size'
  | 'layer elsewhere, at an unknown place'
  | 'forgets that it was pulled'
  | 'a silent upstream reaches what is cached'
  | 'keeps what the upstream cut'
  | 'keeps what a client left'
  | 'an error in a crowd'
  | 'a scanner-like name may push'
  | 'everyone may delete'
  | 'registry unhealthy'
  | 'another visibility than declared'
  /** No fault: S3 and its like answer for what is cached, and refuse anyone who brings a token. */
  | 'blobs in storage';

export const ROBOT = { username: 'robot$private+puller', secret: 'a-secret-of-the-robot' };
/** May push by their roles, everywhere. */
export const PROBE = { username: 'robot$probe', secret: 'a-secret-of-the-probe' };
export const LIKE_SCANNER = { username: 'robot$open+a1b2c3d4-probe', secret: 'a-secret-of-the-scanner-like' };
/** All that it serves of a large layer. */
const LARGE_BYTES = 64 << 10;
const ADMIN = 'admin:a-password-of-the-admin';

const scratchImages = new Map<string, FixtureImage>();

/** The same bytes in each double, so that they are built once. */
function scratchImage(number: number, version: string | number, sizeBytes: number): FixtureImage {
  const seed = `scratch-${number}-${version}`;
  const key = `${seed} ${sizeBytes}`;
  const made = scratchImages.get(key) ?? image({ seed, sizeBytes });
  scratchImages.set(key, made);
  return made;
}

/** A Harbor of two proxy projects and an upstream, small enough to be read, and wrong on request. */
export class HarborDouble {
  readonly log: string[] = [];
  private readonly server: Server;
  private readonly tags = new Map<string, FixtureImage>();
  private readonly manifests = new Map<string, FixtureImage>();
  private readonly blobs = new Map<string, FixtureBlob>();
  private readonly cachedTags = new Map<string, string>();
  private readonly cached = new Set<string>();
  private isUpstreamUp = true;
  /** Of its upstream. */
  private mode: UpstreamMode = 'ok';
  /** Blobs of which it serves one half forever. */
  private readonly spoiled = new Set<string>();
  private readonly pulls = new Map<string, number>();
  private readonly scratchTags: string[] = [];
  private address?: string;

  private constructor(private readonly fault: DoubleFault | undefined) {
    this.server = createServer((request, response) => this.answer(request, response));
    this.put('library/multi', '1', multiImage(fault));
    this.put('library/single', '1', singleImage(fault));
    this.put('library/other', '1', fixtureImage('b'));
  }

  /** Tags of scratch images have random names. */
  private numberOf(tag: string): number {
    if (!this.scratchTags.includes(tag)) this.scratchTags.push(tag);
    return this.scratchTags.indexOf(tag);
  }

  static async start(fault?: DoubleFault): Promise<HarborDouble> {
    const double = new HarborDouble(fault);
    await new Promise<void>((resolve) => double.server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  /** Of the server, which is asked once: it asks the kernel. */
  get url(): string {
    return (this.address ??= `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  target(): ConformanceTarget {
    const upstream: UpstreamControl = {
      id: 'double',
      publish: async (repository, tag, version, sizeBytes = 2048) =>
        this.put(repository, tag, scratchImage(this.numberOf(tag), version, Math.min(sizeBytes, LARGE_BYTES))),
      removeTag: async (repository, tag) => void this.tags.delete(`${repository}:${tag}`),
      stop: async () => void (this.isUpstreamUp = false),
      start: async () => void (this.isUpstreamUp = true),
      misbehave: async (mode) => void (this.mode = mode),
      takeLog: async () => this.log.splice(0),
    };
    const base = {
      proxy: true,
      upstream,
      writeProbe: { robot: asCredential(PROBE), likeScanner: asCredential(LIKE_SCANNER) },
    };
    const projects: ProjectTarget[] = [
      { ...base, name: 'open', public: true, images: ['library/multi:1'], platforms: ['linux/amd64', 'linux/arm64'] },
      {
        ...base,
        name: 'private',
        public: false,
        images: ['library/single:1'],
        platforms: ['linux/amd64'],
        pullCredential: asCredential(ROBOT),
        position: { file: 'policies/projects.yaml', line: 12, column: 3 },
      },
    ];
    return {
      harborUrl: this.url,
      apiCredential: { username: 'admin', password: () => ADMIN.split(':')[1]! },
      projects,
    };
  }

  private put(repository: string, tag: string, one: FixtureImage): void {
    this.tags.set(`${repository}:${tag}`, one);
    for (const each of [one, ...one.children]) {
      this.manifests.set(each.digest, each);
      for (const blob of each.blobs) this.blobs.set(blob.digest, blob);
    }
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', this.url);
    const path = url.pathname;
    if (this.fault === 'portal page' && path.startsWith('/v2')) return html(response);
    if (this.fault === 'clock an hour behind')
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
    if (path === '/v2/_catalog' && this.fault === 'catalog is a page') return html(response);
    if (path === '/v2/') return this.challenge(response);
    if (path === '/service/token') return this.token(request, response, url);
    if (path === '/api/v2.0/systeminfo') return json(response, 200, { harbor_version: 'v2.15.2-7b1a9a4f' });
    if (isAdmin(request) && this.state(response, path.replace('/api/v2.0', ''))) return;
    const artifact = /^\/api\/v2\.0\/projects\/([^/]+)\/repositories\/([^/]+)\/artifacts\/(.+)$/.exec(path);
    if (artifact) return this.artifact(response, artifact.slice(1).map(decodeTwice));
    const [, inStorage, rest] = /^(\/storage)?\/v2\/(.+)$/.exec(path) ?? [];
    const registry = /^([^/]+)\/(.+)\/(manifests|blobs|tags|referrers)\/(.+)$/.exec(rest ?? '');
    if (!registry) return error(response, 404, 'NOT_FOUND');
    if (inStorage !== undefined) return this.storage(request, response, registry.slice(1));
    return this.registry(request, response, registry.slice(1));
  }

  /** What its API tells of its projects; false for another question. */
  private state(response: ServerResponse, path: string): boolean {
    const [, name] = /^\/projects\/([^/]+)$/.exec(path) ?? [];
    const isPublic = (name === 'open') !== (this.fault === 'another visibility than declared');
    const status = this.fault === 'registry unhealthy' ? 'unhealthy' : 'healthy';
    if (name !== undefined)
      json(response, 200, { name, project_id: 1, registry_id: 1, metadata: { public: String(isPublic) } });
    else if (path === '/registries/1') json(response, 200, { id: 1, status });
    else if (path === '/robots') json(response, 200, [{ name: ROBOT.username, expires_at: -1 }]);
    else return false;
    return true;
  }

  private challenge(response: ServerResponse, scope?: string): void {
    const realm = `${this.fault === 'foreign realm' ? 'http://127.0.0.1:1' : this.url}/service/token`;
    const suffix = scope !== undefined && this.fault !== 'no scope in the challenge' ? `,scope="${scope}"` : '';
    error(response, 401, 'UNAUTHORIZED', {
      'www-authenticate': `Bearer realm="${realm}",service="${this.fault === 'wrong service' ? 'docker.io' : 'harbor-registry'}"${suffix}`,
    });
  }

  private token(request: IncomingMessage, response: ServerResponse, url: URL): void {
    if (this.fault === 'tokens are a page') return html(response);
    if (request.method === 'POST') return error(response, this.fault === 'token POST forbidden' ? 403 : 405, 'DENIED');
    const basic = Buffer.from((request.headers.authorization ?? '').slice('Basic '.length), 'base64').toString();
    const isRobot =
      (basic === `${ROBOT.username}:${ROBOT.secret}` && this.fault !== 'dead robot') ||
      (basic.startsWith(ROBOT.username) && this.fault === 'any robot secret accepted');
    const probe = [PROBE, LIKE_SCANNER].find(({ username, secret }) => basic === `${username}:${secret}`);
    const scope = url.searchParams.get('scope');
    if (scope === null && !isRobot && !probe && basic !== ADMIN) return void response.writeHead(401).end();
    const name = scope?.split(':')[1] ?? '';
    const actions = probe ? ['pull', 'push'] : this.actions(name.split('/')[0]!, isRobot, basic === ADMIN);
    const access = name === '' ? [] : [{ type: 'repository', name, actions }];
    const jwt = ['{"alg":"none"}', JSON.stringify({ sub: probe?.username ?? '', access }), 's'].map((part) =>
      Buffer.from(part).toString('base64url'),
    );
    json(response, 200, { token: jwt.join('.'), access_token: '', expires_in: 1800 });
  }

  private actions(project: string, isRobot: boolean, isAdmin: boolean): string[] {
    if (isAdmin) return ['delete', 'pull', 'push'];
    if (isRobot && project === 'private') return this.fault === 'robot may push' ? ['pull', 'push'] : ['pull'];
    if (project === 'open') return this.fault === 'anonymous may not pull what is public' ? [] : ['pull'];
    return project === 'private' && this.fault === 'anonymous may pull what is private' ? ['pull'] : [];
  }

  private allowed(request: IncomingMessage, project: string, action: string): boolean {
    const payload = payloadOf(request);
    // As Harbor does, a token that cannot be read counts as none.
    if (!payload) return this.fault === 'any token accepted' || (project === 'open' && action === 'pull');
    const { access } = payload;
    const everywhere = this.fault === 'token opens other projects';
    return access.some(
      (entry) => (everywhere || entry.name.startsWith(`${project}/`)) && entry.actions.includes(action),
    );
  }

  private registry(request: IncomingMessage, response: ServerResponse, parts: string[]): void {
    const [project, repository, kind, reference] = parts as [string, string, string, string];
    const isWrite = request.method === 'POST' || request.method === 'PUT';
    const wanted = isWrite ? 'push' : request.method === 'DELETE' && kind === 'manifests' ? 'delete' : 'pull';
    if (project.startsWith('breakwater-probe-that') && this.fault === 'missing project is an error')
      return error(response, 500, 'UNKNOWN');
    if (request.headers.authorization === undefined && this.fault !== 'served without a token')
      return this.challenge(response, `repository:${project}/${repository}:pull`);
    if (wanted === 'delete' && this.fault === 'everyone may delete') return error(response, 404, 'NOT_FOUND');
    if (request.headers.authorization !== undefined && !this.allowed(request, project, wanted))
      return error(response, 401, 'UNAUTHORIZED', { 'www-authenticate': 'Basic realm="harbor"' });
    if (isWrite && this.letsPush(request))
      return json(response, 202, {}, { location: `/v2/${project}/${repository}/blobs/uploads/1` });
    if (isWrite && this.fault === 'pushes end at a wall') return html(response, 403);
    if (isWrite) return error(response, 403, 'DENIED');
    if (kind === 'tags') return json(response, 200, { name: repository, tags: this.tagsOf(repository) });
    if (kind === 'referrers' && this.fault === 'referrers are a page') return html(response);
    if (kind === 'referrers') return json(response, 200, { schemaVersion: 2, manifests: [] }, this.typeOfReferrers());
    return kind === 'manifests'
      ? this.manifest(request, response, project, repository, reference)
      : this.blob(request, response, project, repository, reference);
  }

  private typeOfReferrers(): Record<string, string> {
    return this.fault === 'referrers without their type' ? {} : { 'content-type': OCI_INDEX };
  }

  private storage(request: IncomingMessage, response: ServerResponse, parts: string[]): void {
    const [project, repository, , digest] = parts as [string, string, string, string];
    if (request.headers.authorization !== undefined) return error(response, 400, 'InvalidArgument');
    return this.blob(request, response, project, repository, digest);
  }

  private letsPush(request: IncomingMessage): boolean {
    const isLikeScanner = payloadOf(request)?.sub === LIKE_SCANNER.username;
    return this.fault === 'push accepted' || (this.fault === 'a scanner-like name may push' && isLikeScanner);
  }

  private manifest(
    request: IncomingMessage,
    response: ServerResponse,
    project: string,
    repository: string,
    reference: string,
  ): void {
    const isPodman = request.headers['docker-distribution-api-version'] !== undefined;
    const isAsked = this.fault === 'another image for podman' && isPodman;
    const found = isAsked ? fixtureImage('b') : this.find(request, project, repository, reference);
    if (reference.endsWith('0'.repeat(64)) && this.fault === 'missing digest wants a login')
      return this.challenge(response, `repository:${project}/${repository}:pull`);
    const isLimited = this.mode === '429' && this.fault !== 'a rate limit reads as not found';
    if (!found && isLimited) return error(response, 429, 'TOO_MANY_REQUEST');
    if (!found) return error(response, this.fault === 'missing tag is an error' ? 500 : 404, 'NOT_FOUND');
    if (this.fault === 'huge manifest' && request.method === 'HEAD') return tooLarge(response, found);
    // Harbor keeps indexes apart from its backend registry, which alone revalidates and names its API version.
    const isStored = found.children.length === 0;
    const isKnown = isStored && request.headers['if-none-match'] === `"${found.digest}"`;
    if (isKnown && this.fault !== 'sends again what has not changed') return void response.writeHead(304).end();
    const body = this.bodyOf(found, reference);
    const isChild = !this.isTop(found);
    const type = this.fault === 'wrong media type' ? 'application/vnd.oci.image.config.v1+json' : found.mediaType;
    const wrongHead = this.fault === 'wrong digest on HEAD' && request.method === 'HEAD' && !isChild;
    const wrongSize = this.fault === 'wrong child size' && request.method === 'HEAD' && isChild;
    response.writeHead(200, {
      'content-type': type,
      'content-length': body.length + (wrongSize ? 1 : 0),
      ...(isStored && { 'docker-distribution-api-version': 'registry/2.0' }),
      'docker-content-digest':
        request.method === 'GET' || this.fault === 'no digest on HEAD'
          ? ''
          : wrongHead
            ? `sha256:${'0'.repeat(64)}`
            : found.digest,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  /** What a pull-through cache does: local by digest, the upstream by tag, local when there is none. */
  private find(
    request: IncomingMessage,
    project: string,
    repository: string,
    reference: string,
  ): FixtureImage | undefined {
    const isDigest = reference.startsWith('sha256:');
    const key = `${project}/${repository}`;
    const local = isDigest ? reference : this.cachedTags.get(`${key}:${reference}`);
    const isLocal = local !== undefined && this.cached.has(`${key}@${local}`);
    if (isDigest && isLocal) return this.manifests.get(local);
    if (!this.isUpstreamUp) {
      if (!isDigest && this.fault === 'another image without upstream') return fixtureImage('b');
      return isLocal && this.fault !== 'nothing without upstream' ? this.manifests.get(local) : undefined;
    }
    const hindered = HINDRANCES[this.mode];
    if (hindered) return isLocal && this.fault !== hindered ? this.manifests.get(local) : undefined;
    this.log.push(`HEAD /v2/${repository}/manifests/${reference}`);
    const remote = this.remote(repository, reference);
    if (!remote) return this.gone(key, local);
    if (isLocal && remote.digest === local) {
      if (this.fault === 'fetches again') this.log.push(`GET /v2/${repository}/manifests/${reference}`);
      return remote;
    }
    if (isLocal && this.fault === 'stale tag') return this.manifests.get(local);
    if (request.method === 'GET') this.log.push(`GET /v2/${repository}/manifests/${reference}`);
    this.store(key, reference, remote);
    return remote;
  }

  private gone(key: string, local: string | undefined): FixtureImage | undefined {
    if (this.fault === 'removed with the tag') this.cached.delete(`${key}@${local}`);
    return this.fault === 'serves a removed tag' && local !== undefined ? this.manifests.get(local) : undefined;
  }

  /** A scratch image is known upstream only while it is tagged. */
  private remote(repository: string, reference: string): FixtureImage | undefined {
    if (!reference.startsWith('sha256:')) return this.tags.get(`${repository}:${reference}`);
    const known = this.manifests.get(reference);
    return repository.startsWith('breakwater/') && known && !this.isTop(known) ? undefined : known;
  }

  private store(key: string, reference: string, found: FixtureImage): void {
    this.cached.add(`${key}@${found.digest}`);
    if (!reference.startsWith('sha256:')) this.cachedTags.set(`${key}:${reference}`, found.digest);
  }

  private bodyOf(found: FixtureImage, reference: string): Buffer {
    if (this.fault === 'wrong manifest bytes' && this.isTop(found) && !reference.startsWith('sha256:'))
      return Buffer.concat([found.manifest, Buffer.from(' ')]);
    if (this.fault === 'wrong child bytes' && !this.isTop(found))
      return Buffer.concat([found.manifest, Buffer.from(' ')]);
    return found.manifest;
  }

  private isTop(found: FixtureImage): boolean {
    return [...this.tags.values()].includes(found);
  }

  private blob(
    request: IncomingMessage,
    response: ServerResponse,
    project: string,
    repository: string,
    digest: string,
  ): void {
    const blob = this.blobs.get(digest);
    if (!blob) return error(response, 404, 'BLOB_UNKNOWN');
    const key = `${project}/${repository}@${digest}`;
    const downloads = this.fault === 'downloads three times' ? 3 : 1;
    const isSentAway = this.fault === 'blobs in storage' && !(request.url ?? '').startsWith('/storage');
    if (isSentAway && this.cached.has(key))
      return void response
        .writeHead(307, { location: `${this.url.replace('127.0.0.1', 'localhost')}/storage${request.url}` })
        .end();
    if (request.method === 'HEAD') return this.blobHead(response, blob, this.cached.has(key));
    if (this.fault === 'redirects to nowhere')
      return void response.writeHead(307, { location: 'http://storage.invalid/blob' }).end();
    const isCached = this.cached.has(key);
    const bytes = Buffer.concat([...blob.chunks()]);
    const half = bytes.subarray(0, bytes.length >> 1);
    if (this.spoiled.has(digest)) return void response.end(half);
    if (this.mode === 'cutblob' || this.mode === 'wrongblob') {
      if (this.fault === 'keeps what the upstream cut') this.spoiled.add(digest);
      return void response.end(half);
    }
    if (this.fault === 'an error in a crowd' && repository.startsWith('breakwater/') && this.count(digest) === 5)
      return error(response, 500, 'UNKNOWN');
    if (this.fault === 'keeps what a client left' && bytes.length > LARGE_BYTES)
      return this.sendSlowly(response, bytes, digest);
    if (this.fault === 'slow layer' && bytes.length > LARGE_BYTES) return trickle(response, bytes);
    if (!this.cached.has(key)) this.log.push(...Array<string>(downloads).fill(`GET /v2/${repository}/blobs/${digest}`));
    this.cached.add(key);
    const wanted = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (wanted && isCached && this.fault !== 'ranges are ignored')
      return this.range(response, bytes, Number(wanted[1]), Number(wanted[2]));
    const isLayer = blob.sizeBytes > 1000;
    if (isLayer && this.fault === 'layer is an HTML page') return html(response);
    if (isLayer && this.fault === 'truncated layer') return void response.end(bytes.subarray(0, bytes.length >> 1));
    if (isLayer && this.fault === 'bit flip in a layer') bytes[100]! ^= 1;
    if (isLayer && this.fault === 'layer cut by the connection') {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 100));
      return void setTimeout(() => request.socket.destroy(), 5);
    }
    response.end(bytes);
  }

  /** Slowly enough to notice that somebody has left. */
  private sendSlowly(response: ServerResponse, bytes: Buffer, digest: string): void {
    const half = (bytes.length >> 1) + 1;
    const rest = setTimeout(() => response.end(bytes.subarray(half)), 2000);
    response.once('close', () => {
      clearTimeout(rest);
      if (!response.writableEnded) this.spoiled.add(digest);
    });
    response.write(bytes.subarray(0, half));
  }

  private count(digest: string): number {
    const pulls = (this.pulls.get(digest) ?? 0) + 1;
    this.pulls.set(digest, pulls);
    return pulls;
  }

  private blobHead(response: ServerResponse, { sizeBytes }: FixtureBlob, isCached: boolean): void {
    if (!isCached) return error(response, 404, 'BLOB_UNKNOWN');
    const wrong = this.fault === 'blob HEAD of another size' ? 1 : 0;
    response.writeHead(200, { 'content-length': sizeBytes + wrong }).end();
  }

  private range(response: ServerResponse, bytes: Buffer, start: number, end: number): void {
    const part = Buffer.from(bytes.subarray(start, end + 1));
    if (this.fault === 'range of other bytes') part.fill(0);
    const size = this.fault === 'range without its size' ? '*' : bytes.length;
    response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${size}`, 'content-length': part.length });
    response.end(part);
  }

  private tagsOf(repository: string): string[] {
    const named = [...this.tags.keys()].filter((key) => key.startsWith(`${repository}:`));
    return this.fault === 'tag not listed' ? [] : named.map((key) => key.slice(repository.length + 1));
  }

  private artifact(response: ServerResponse, [project, repository, reference]: string[]): void {
    const key = `${project}/${repository}`;
    const digest = reference!.startsWith('sha256:') ? reference! : this.cachedTags.get(`${key}:${reference}`);
    if (this.fault === 'never cached' || digest === undefined || !this.cached.has(`${key}@${digest}`))
      return error(response, 404, 'NOT_FOUND');
    const references = this.manifests.get(digest)?.children.map((child) => ({ child_digest: child.digest }));
    const tags = [...this.cachedTags].filter(([, tagged]) => tagged === digest).map(([tag]) => tag.split(':')[1]);
    json(response, 200, {
      digest,
      references: references?.length ? references : null,
      tags: tags.map((name) => ({ name })),
      pull_time: this.fault === 'forgets that it was pulled' ? '0001-01-01T00:00:00.000Z' : new Date().toISOString(),
    });
  }
}

/** What of its upstream keeps it from serving a manifest, and the fault by which that reaches what is cached. */
const HINDRANCES: Readonly<Partial<Record<UpstreamMode, DoubleFault>>> = {
  '401': 'a refused login reaches what is cached',
  '429': 'a rate limit reaches what is cached',
  html: 'nothing without upstream',
  cut: 'nothing without upstream',
  hang: 'a silent upstream reaches what is cached',
};

function tooLarge(response: ServerResponse, { mediaType, digest }: FixtureImage): void {
  const headers = { 'content-type': mediaType, 'docker-content-digest': digest, 'content-length': 5 << 20 };
  response.writeHead(200, headers).end();
}

function singleImage(fault: DoubleFault | undefined): FixtureImage {
  if (fault === 'layer elsewhere, at an unknown place') return foreignImage();
  return fault === 'slow layer' ? image({ seed: 'slow', sizeBytes: SLOW_BYTES }) : fixtureImage('a');
}

/** Of the layer that comes slowly: a rate is judged from 8 MiB on. */
const SLOW_BYTES = (8 << 20) + (64 << 10);
const TRICKLE_BYTES = 64 << 10;
const TRICKLE_EVERY_MS = 70;

/** Less than a MiB in a second. */
function trickle(response: ServerResponse, bytes: Buffer): void {
  let sent = 0;
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, (sent += TRICKLE_BYTES)));
    if (sent >= bytes.length) response.end();
  }, TRICKLE_EVERY_MS);
  response.once('close', () => clearInterval(timer));
}

/** An image whose layer is said to lie elsewhere, without saying where. */
function foreignImage(): FixtureImage {
  const honest = fixtureImage('a');
  const manifest = Buffer.from(
    honest.manifest.toString().replace('image.layer.v1.tar', 'image.layer.nondistributable.v1.tar'),
  );
  return { ...honest, manifest, digest: sha256Digest(manifest) };
}

function multiImage(fault: DoubleFault | undefined): FixtureImage {
  if (fault === 'missing platform') return index({ seed: 'short', archs: ['amd64'] });
  if (fault !== 'config of another platform') return fixtureImage('idx');
  const honest = index({ seed: 'lie', archs: ['amd64', 'riscv64'] });
  const manifest = Buffer.from(honest.manifest.toString().replace('riscv64', 'arm64'));
  return { ...honest, manifest, digest: sha256Digest(manifest) };
}

function asCredential({ username, secret }: typeof ROBOT): Credential {
  return { username, password: () => secret };
}

function isAdmin({ headers }: IncomingMessage): boolean {
  return headers.authorization === `Basic ${Buffer.from(ADMIN).toString('base64')}`;
}

/** Of the token that was sent. */
function payloadOf({ headers }: IncomingMessage): TokenPayload | undefined {
  const payload = (headers.authorization ?? '').split('.')[1];
  if (!payload?.startsWith('ey')) return undefined;
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as TokenPayload;
}

interface TokenPayload {
  readonly sub?: string;
  readonly access: readonly { readonly name: string; readonly actions: readonly string[] }[];
}

function decodeTwice(text: string): string {
  return decodeURIComponent(decodeURIComponent(text));
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

function error(response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}): void {
  json(response, status, { errors: [{ code, message: code.toLowerCase() }] }, headers);
}

function html(response: ServerResponse, status = 200): void {
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end('<html>Harbor portal</html>');
}
