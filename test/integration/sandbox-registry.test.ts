import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { fixtureImage, image } from '../../src/upstream';
import { callApi, createProxyProject, untilArtifact } from './harbor-api';
import {
  createCertificates,
  describeWithRealParts,
  skopeo,
  startRealRegistry,
  temporaryFolder,
  writeOciLayout,
  type RealRegistry,
} from './real-parts';

const TIME_SCALE = 0.02;

/** The manifest that a copy in an OCI layout was made from. */
function copiedDigest(folder: string): string {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { manifests: [{ digest: string }] };
  return index.manifests[0].digest;
}

describeWithRealParts('skopeo through a proxy project to a real docker-registry', () => {
  const folder = temporaryFolder();
  const tiny = image({ seed: 'tiny', sizeBytes: 100_000 });
  const multi = fixtureImage('idx');
  let upstream: RealRegistry;
  let sandbox: Sandbox;
  let copies = 0;

  beforeAll(async () => {
    [upstream, sandbox] = await Promise.all([startRealRegistry(folder.path), startSandbox({ timeScale: TIME_SCALE })]);
    for (const [name, one] of [['tiny', tiny] as const, ['multi', multi] as const]) {
      const layout = join(folder.path, name);
      writeOciLayout(layout, one);
      const destination = `docker://${upstream.host}/library/${name}:1`;
      await skopeo('copy', '--preserve-digests', '--all', '--dest-tls-verify=false', `oci:${layout}`, destination);
    }
    await createProxyProject(sandbox, 'proxy', { url: upstream.url });
  });
  afterAll(async () => {
    await Promise.all([upstream?.stop(), sandbox?.close()]);
    folder.remove();
  });

  async function pull(reference: string, ...options: string[]): Promise<string> {
    const target = join(folder.path, `copy-${++copies}`);
    const source = `docker://127.0.0.1:${sandbox.port}/proxy/library/${reference}`;
    await skopeo(
      ...options,
      'copy',
      '--preserve-digests',
      '--src-tls-verify=false',
      '--src-no-creds',
      source,
      `oci:${target}`,
    );
    return copiedDigest(target);
  }

  it('pulls cold, then cached, then with the upstream stopped', async () => {
    expect(await pull('tiny:1')).toBe(tiny.digest);
    await untilArtifact(sandbox, 'proxy', 'library/tiny', '1');
    expect(await pull('tiny:1')).toBe(tiny.digest);
    expect(await pull('multi:1', '--override-arch', 'arm64', '--override-os', 'linux')).toBe(multi.children[1]!.digest);
    await untilArtifact(sandbox, 'proxy', 'library/multi', multi.children[1]!.digest);

    await upstream.stop();
    expect(await pull('tiny:1')).toBe(tiny.digest);
    expect(await pull(`multi@${multi.children[1]!.digest}`)).toBe(multi.children[1]!.digest);
    await expect(pull(`multi@${multi.children[0]!.digest}`)).rejects.toThrow(/not found/);
  });

  it('refuses a push', async () => {
    const destination = `docker://127.0.0.1:${sandbox.port}/proxy/library/tiny:2`;
    const source = `oci:${join(folder.path, 'tiny')}`;
    const push = skopeo(
      'copy',
      '--preserve-digests',
      '--dest-tls-verify=false',
      '--dest-creds',
      'admin:Harbor12345',
      source,
      destination,
    );
    await expect(push).rejects.toThrow(/can not push artifact to a proxy project: proxy/);
  });
});

describeWithRealParts('skopeo and an ordinary project', () => {
  const folder = temporaryFolder();
  const large = image({ seed: 'large', sizeBytes: 9_000_000 });
  let sandbox: Sandbox;

  beforeAll(async () => {
    writeOciLayout(join(folder.path, 'large'), large);
    writeOciLayout(join(folder.path, 'multi'), fixtureImage('idx2'));
    sandbox = await startSandbox({ timeScale: TIME_SCALE });
    await callApi(sandbox, 'POST', '/projects', { project_name: 'app', storage_limit: 20_000_000 });
  });
  afterAll(async () => {
    await sandbox?.close();
    folder.remove();
  });

  const remote = (repository: string): string => `docker://127.0.0.1:${sandbox.port}/app/${repository}`;

  function push(layout: string, repository: string, credentials = 'admin:Harbor12345'): Promise<string> {
    const options = ['--all', '--dest-tls-verify=false', '--dest-creds', credentials];
    return skopeo('copy', '--preserve-digests', ...options, `oci:${join(folder.path, layout)}`, remote(repository));
  }

  async function pull(repository: string, credentials: string): Promise<string> {
    const target = join(folder.path, repository.replace(/\W/g, '-'));
    await skopeo(
      'copy',
      '--preserve-digests',
      '--src-tls-verify=false',
      '--src-creds',
      credentials,
      remote(repository),
      `oci:${target}`,
    );
    return copiedDigest(target);
  }

  it('pushes an image, shows it in the API and pulls it back unchanged', async () => {
    await push('large', 'web:1');
    const { body } = await callApi(sandbox, 'GET', '/projects/app/repositories/web/artifacts/1');
    expect(body).toMatchObject({ digest: large.digest, type: 'IMAGE', tags: [{ name: '1' }] });
    expect(await pull('web:1', 'admin:Harbor12345')).toBe(large.digest);
  });

  it('pushes an index with all its platforms, and inspects it', async () => {
    await push('multi', 'multi:1');
    const inspected = JSON.parse(
      await skopeo('inspect', '--raw', '--tls-verify=false', '--creds', 'admin:Harbor12345', remote('multi:1')),
    ) as { manifests: { digest: string }[] };
    expect(inspected.manifests.map((one) => one.digest)).toEqual(
      fixtureImage('idx2').children.map((one) => one.digest),
    );
  });

  it('lets a robot pull what it may, and refuses a wrong secret', async () => {
    const robot = await callApi(sandbox, 'POST', '/robots', {
      name: 'puller',
      level: 'system',
      duration: 1,
      permissions: [{ kind: 'project', namespace: 'app', access: [{ resource: 'repository', action: 'pull' }] }],
    });
    const { name, secret } = robot.body as { name: string; secret: string };
    expect(await pull('web:1', `${name}:${secret}`)).toBe(large.digest);
    await expect(push('large', 'web:2', `${name}:${secret}`)).rejects.toThrow(/unauthorized|denied/i);
    await expect(pull('web:1', `${name}:Wrong12345`)).rejects.toThrow(/unauthorized|denied/i);
  });

  it('refuses what the quota has no room for', async () => {
    writeOciLayout(join(folder.path, 'huge'), image({ seed: 'huge', sizeBytes: 15_000_000 }));
    await expect(push('huge', 'huge:1')).rejects.toThrow(/will exceed the configured upper limit of 19.1 MiB/);
  });
});

describeWithRealParts('TLS with a private authority on both sides', () => {
  const folder = temporaryFolder();
  const tiny = fixtureImage('a');
  let upstream: RealRegistry;
  let sandbox: Sandbox;
  let authority: string;
  let trusted: string;

  beforeAll(async () => {
    const tls = createCertificates(folder.path);
    authority = readFileSync(tls.caPath, 'utf8');
    const pem = { cert: readFileSync(tls.certPath, 'utf8'), key: readFileSync(tls.keyPath, 'utf8') };
    [upstream, sandbox] = await Promise.all([
      startRealRegistry(folder.path, tls),
      startSandbox({ timeScale: TIME_SCALE, tls: pem }),
    ]);
    writeOciLayout(join(folder.path, 'tiny'), tiny);
    trusted = join(folder.path, 'trusted');
    mkdirSync(trusted);
    copyFileSync(tls.caPath, join(trusted, 'ca.crt'));
    const source = `oci:${join(folder.path, 'tiny')}`;
    await skopeo(
      'copy',
      '--preserve-digests',
      '--dest-cert-dir',
      trusted,
      source,
      `docker://${upstream.host}/library/tiny:1`,
    );
  });
  afterAll(async () => {
    await Promise.all([upstream?.stop(), sandbox?.close()]);
    folder.remove();
  });

  it('trusts the upstream by the ca_certificate of its registry only, and is trusted by skopeo in the same way', async () => {
    const target = { url: sandbox.url, ca: authority };
    await expect(createProxyProject(target, 'without', { url: upstream.url })).rejects.toThrow(/registry is unhealthy/);
    await createProxyProject(target, 'proxy', { url: upstream.url, ca_certificate: authority });
    const source = `docker://127.0.0.1:${sandbox.port}/proxy/library/tiny:1`;
    const copy = join(folder.path, 'copy');
    await skopeo('copy', '--preserve-digests', '--src-no-creds', '--src-cert-dir', trusted, source, `oci:${copy}`);
    expect(copiedDigest(copy)).toBe(tiny.digest);
    await expect(skopeo('inspect', '--no-creds', source)).rejects.toThrow(/certificate/);
  });
});
