import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFiles, type ClientFile, type Profile } from '../../../src/clients';
import { containerd } from '../../../src/clients/containerd';
import { fixtureImage } from '../../../src/upstream';
import { cli, directoryWith } from '../../support/cli';
import { temporaryFolder } from '../real-parts';
import { policiesOf, startTlsCache, type TlsCache } from './cache';
import { describeWithBuilt, install, startHub, startInPlace, type HubStandIn } from './go-built';
import { rendering } from './rendering';
import { run, type Daemon } from './run';

const ETC = '/etc/containerd';
const BUILD = 'go install sigs.k8s.io/cri-tools/cmd/crictl@latest, apt-get install containerd, put both into the PATH';

/** Of the containerd in the PATH: 1 and 2 have different names in config.toml. */
function majorVersion(): 1 | 2 {
  return / v?1\./.test(execFileSync('containerd', ['--version'], { encoding: 'utf8' })) ? 1 : 2;
}

/** The CRI plugin, as kubelet uses it: other code than that of ctr. */
describeWithBuilt(['containerd', 'crictl'], BUILD, () => {
  const folder = temporaryFolder();
  const socket = join(folder.path, 'containerd.sock');
  const endpoint = `unix://${socket}`;
  const major = majorVersion();
  let cache: TlsCache;
  let standIn: HubStandIn;
  let daemon: Daemon;

  const crictl = (...args: string[]): Promise<string> =>
    run('crictl', '--runtime-endpoint', endpoint, '--image-endpoint', endpoint, ...args);

  const rendered = (profile: Profile): readonly ClientFile[] =>
    containerd.render(
      rendering(
        cache.host,
        { project: 'proxy' },
        { profile, ca: cache.authority.ca, options: { major, directory: `${ETC}/certs.d` } },
      ),
    ).files;

  /** What a node has beside the rendered lines. */
  function configuration(): string {
    const snippet = rendered('fallback').find(({ path }) => path === 'config.toml.snippet')!.content;
    const snapshotter =
      major === 1
        ? '[plugins."io.containerd.grpc.v1.cri".containerd]\n  snapshotter = "native"\n'
        : `[plugins."io.containerd.cri.v1.images"]\n  snapshotter = "native"\n
[[plugins."io.containerd.transfer.v1.local".unpack_config]]
  platform = "linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}"
  snapshotter = "native"\n`;
    const places = `root = "${folder.path}/root"\nstate = "${folder.path}/state"\n`;
    const reach = `[grpc]\n  address = "${socket}"\n[ttrpc]\n  address = "${socket}.ttrpc"\n`;
    return `${snippet.replace(/^(version = .*)$/m, `$1\n${places}`)}\n${reach}\n${snapshotter}`;
  }

  function configure(profile: Profile, edit: (text: string) => string = (text) => text): void {
    const etc = join(folder.path, 'etc');
    install(rendered(profile), ETC, etc);
    const hosts = join(etc, 'certs.d/docker.io/hosts.toml');
    writeFileSync(hosts, edit(readFileSync(hosts, 'utf8')));
    cache.requests.length = 0;
    standIn.hub.takeLog();
  }

  beforeAll(async () => {
    cache = await startTlsCache();
    standIn = await startHub('127.0.77.55');
    cache.upstream.put('library/cached', '1', fixtureImage('a'));
    for (const tag of ['1', '2', '3']) standIn.hub.put('library/outside', tag, fixtureImage('c'));
    mkdirSync(join(folder.path, 'etc'));
    writeFileSync(join(folder.path, 'etc/config.toml'), configuration());
    configure('fallback');
    const place = { folder: folder.path, etc: ETC, hosts: standIn.hosts, authorities: standIn.authority.ca };
    daemon = await startInPlace(place, ['containerd', '--config', `${ETC}/config.toml`], () => crictl('images'));
  });
  afterAll(async () => {
    await daemon?.stop();
    await Promise.all([cache?.close(), standIn?.hub.close()]);
    folder.remove();
  });

  const askedCache = (): string[] => cache.requests.map(({ target }) => target).filter((one) => one.startsWith('/v2/'));

  it('pulls an image of Docker Hub through the cache, with the rendered files', async () => {
    configure('fallback');
    await crictl('pull', 'docker.io/library/cached:1');
    expect(askedCache()[0]).toBe('/v2/proxy/library/cached/manifests/1?ns=docker.io');
    expect(standIn.hub.takeLog()).toEqual([]);
    const told = await crictl('inspecti', '-o', 'json', 'docker.io/library/cached:1');
    expect(told).toContain(fixtureImage('a').digest);
    await crictl('rmi', 'docker.io/library/cached:1');
  });

  it('goes around a cache that does not serve the image with fallback, and does not with strict', async () => {
    configure('strict');
    await expect(crictl('pull', 'docker.io/library/outside:1')).rejects.toThrow(/not found/);
    expect(standIn.hub.takeLog()).toEqual([]);
    configure('fallback');
    await crictl('pull', 'docker.io/library/outside:1');
    expect(standIn.hub.takeLog()).not.toEqual([]);
  });

  it.each<[string, string, (text: string) => string]>([
    ['override-path', '2', (text) => text.replace(/ *override_path.*\n/, '')],
    ['toml-syntax', '3', (text) => text.replace('"resolve"]', '"resolve]')],
  ])('bypasses the cache with the mistake %s, which the check names', async (rule, tag, edit) => {
    configure('fallback', edit);
    await crictl('pull', `docker.io/library/outside:${tag}`);
    expect(standIn.hub.takeLog()).not.toEqual([]);
    const files = rendered('fallback').map((file) => ({ ...file, content: edit(file.content) }));
    expect(checkFiles(containerd, files).map((finding) => finding.rule)).toContain(rule);
  });

  it.each<[string, number, (text: string) => string]>([
    ['served by the cache', 0, (text) => text],
    ['bypassed', 7, (text) => text.replace(/ *override_path.*\n/, '')],
  ])('clients verify says %s', async (verdict, code, edit) => {
    configure('fallback', edit);
    const at = directoryWith({
      'ca.crt': cache.authority.ca,
      'hub.crt': standIn.authority.ca,
      'a.yaml': policiesOf(cache, `{ client: containerd, options: { major: ${major} } }`),
    });
    const root = join(at, 'root');
    install(rendered('fallback'), '/etc', join(root, 'etc'));
    writeFileSync(
      join(root, 'etc/containerd/certs.d/docker.io/hosts.toml'),
      readFileSync(join(folder.path, 'etc/certs.d/docker.io/hosts.toml')),
    );
    writeFileSync(join(root, 'etc/containerd/config.toml'), configuration());
    const verified = await cli(
      [
        ...['clients', 'verify', '--policies', at, '--root', root, '--canary', 'docker.io/library/cached:1'],
        ...['--public-registry', `docker.io=${standIn.url}`, '--public-ca', join(at, 'hub.crt')],
      ],
      {
        PATH: process.env['PATH'] ?? '',
        HARBOR_PASSWORD: cache.password,
        CONTAINER_RUNTIME_ENDPOINT: endpoint,
        IMAGE_SERVICE_ENDPOINT: endpoint,
      },
    );
    expect(verified.out).toContain(`docker.io: ${verdict}\n`);
    expect(verified.out).toContain('client program: crictl\n');
    expect(verified.code).toBe(code);
  });
});
