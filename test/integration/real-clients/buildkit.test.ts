import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFiles } from '../../../src/clients';
import { buildkit } from '../../../src/clients/buildkit';
import { fixtureImage } from '../../../src/upstream';
import { cli, directoryWith } from '../../support/cli';
import { temporaryFolder } from '../real-parts';
import { policiesOf, startTlsCache, type TlsCache } from './cache';
import { describeWithBuilt, install, startHub, startInPlace, type HubStandIn } from './go-built';
import { rendering } from './rendering';
import { run, type Daemon } from './run';

const ETC = '/etc/buildkit';
const BUILD = 'build github.com/moby/buildkit/cmd/buildkitd and cmd/buildctl with Go, put them into the PATH';

describeWithBuilt(['buildkitd', 'buildctl', 'runc'], BUILD, () => {
  const folder = temporaryFolder();
  const socket = `unix://${join(folder.path, 'buildkitd.sock')}`;
  let cache: TlsCache;
  let standIn: HubStandIn;
  let daemon: Daemon | undefined;

  beforeAll(async () => {
    cache = await startTlsCache();
    standIn = await startHub('127.0.77.54');
    cache.upstream.put('library/cached', '1', fixtureImage('a'));
    for (const tag of ['1', '2', '3']) standIn.hub.put('library/outside', tag, fixtureImage('c'));
  });
  afterAll(async () => {
    await daemon?.stop();
    await Promise.all([cache?.close(), standIn?.hub.close()]);
    folder.remove();
  });

  const rendered = () => buildkit.render(rendering(cache.host, { project: 'proxy' }, { ca: cache.authority.ca })).files;

  /** With the rendered files, and what a person made of buildkitd.toml. */
  async function start(edit: (text: string) => string = (text) => text): Promise<void> {
    await daemon?.stop();
    const etc = join(folder.path, 'etc');
    mkdirSync(etc, { recursive: true });
    install(rendered(), ETC, etc);
    const config = join(etc, 'buildkitd.toml');
    writeFileSync(config, edit(readFileSync(config, 'utf8')));
    const place = { folder: folder.path, etc: ETC, hosts: standIn.hosts, authorities: standIn.authority.ca };
    const worker = ['--oci-worker-snapshotter=native', '--oci-worker-net=host', '--containerd-worker=false'];
    const command = ['buildkitd', '--root', join(folder.path, 'root'), '--addr', socket, ...worker];
    daemon = await startInPlace(place, command, () => run('buildctl', '--addr', socket, 'debug', 'workers'));
    cache.requests.length = 0;
    standIn.hub.takeLog();
  }

  /** A build that is FROM this image and nothing else; the client fetches the token, and needs the authority. */
  function build(image: string): Promise<string> {
    const context = directoryWith({ Dockerfile: `FROM ${image}\n`, 'ca.crt': cache.authority.ca });
    const local = ['--local', `context=${context}`, '--local', `dockerfile=${context}`];
    const command = ['buildctl', '--addr', socket, 'build', '--no-cache', '--frontend', 'dockerfile.v0', ...local];
    return run('env', `SSL_CERT_FILE=${join(context, 'ca.crt')}`, ...command);
  }

  const askedCache = (): string[] =>
    cache.requests.map(({ target }) => target).filter((one) => one.startsWith('/v2/proxy/'));
  const askedHub = (): string[] => standIn.hub.takeLog();

  it('builds FROM an image of Docker Hub through the cache, with the rendered files', async () => {
    await start();
    await build('docker.io/library/cached:1');
    expect(askedCache()).toEqual(
      expect.arrayContaining([expect.stringContaining('/v2/proxy/library/cached/manifests/1')]),
    );
    expect(askedHub()).toEqual([]);
  });

  it('goes around a cache that does not serve the image: it has no strict mode', async () => {
    await start();
    await build('docker.io/library/outside:1');
    expect(askedCache()).not.toEqual([]);
    expect(askedHub()).toEqual(expect.arrayContaining([expect.stringContaining('/v2/library/outside/manifests/1')]));
  });

  it.each<[string, string, (text: string) => string]>([
    ['unquoted-table', '2', (text) => text.replace('[registry."docker.io"]', '[registry.docker.io]')],
    ['doubled-v2', '3', (text) => text.replace('/proxy"', '/v2/proxy"')],
    ['never-matched', '3', (text) => text.replace('"docker.io"', '"registry-1.docker.io"')],
  ])('bypasses the cache with the mistake %s, which the check names', async (rule, tag, edit) => {
    await start(edit);
    await build(`docker.io/library/outside:${tag}`);
    expect(askedCache()).toEqual([]);
    expect(askedHub()).not.toEqual([]);
    const files = rendered().map((file) => ({ ...file, content: edit(file.content) }));
    expect(checkFiles(buildkit, files).map((finding) => finding.rule)).toContain(rule);
  });

  it.each<[string, number, (text: string) => string]>([
    ['served by the cache', 0, (text) => text],
    ['bypassed', 7, (text) => text.replace('[registry."docker.io"]', '[registry."quay.io"]')],
  ])('clients verify says %s', async (verdict, code, edit) => {
    await start(edit);
    const at = directoryWith({
      'ca.crt': cache.authority.ca,
      'hub.crt': standIn.authority.ca,
      'a.yaml': policiesOf(cache, '{ client: buildkit }'),
    });
    install(rendered(), '/etc', join(at, 'root/etc'));
    writeFileSync(join(at, 'root/etc/buildkit/buildkitd.toml'), readFileSync(join(folder.path, 'etc/buildkitd.toml')));
    const verified = await cli(
      [
        ...[
          'clients',
          'verify',
          '--policies',
          at,
          '--root',
          join(at, 'root'),
          '--canary',
          'docker.io/library/cached:1',
        ],
        ...['--public-registry', `docker.io=${standIn.url}`, '--public-ca', join(at, 'hub.crt')],
      ],
      {
        PATH: process.env['PATH'] ?? '',
        HARBOR_PASSWORD: cache.password,
        BUILDKIT_HOST: socket,
        SSL_CERT_FILE: join(at, 'ca.crt'),
      },
    );
    expect(verified.out).toContain(`docker.io: ${verdict}\n`);
    expect(verified.out).toContain('client program: buildctl\n');
    expect(verified.code).toBe(code);
  });
});
