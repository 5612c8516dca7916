import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { checkFiles, clients, PROFILES, type Client } from '../../src/clients';
import { tomlTree } from '../../src/clients/check/toml-tree';
import { factsOf, foundFiles, inputFor } from '../unit/clients/given';
import { temporaryFolder } from './real-parts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const byName = (name: string): Client => clients.find((client) => client.name === name)!;

/** What a program says of a file: nothing, or why it refuses it. */
function refusal(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string | undefined {
  try {
    execFileSync(command, args, { env: { ...process.env, ...env }, stdio: 'pipe', timeout: 60_000 });
    return undefined;
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

/** In CI a missing program fails, elsewhere a line says what to install. */
function describeWith(program: string, debianPackage: string, tests: () => void): void {
  if (refusal('sh', ['-c', `command -v ${program}`]) === undefined) return describe(`as ${program} reads it`, tests);
  const hint = `${program} not found: apt-get install ${debianPackage}`;
  if (process.env['CI']) return it(`as ${program} reads it`, () => Promise.reject(new Error(hint)));
  process.stderr.write(`skipped: what ${program} reads: ${hint}\n`);
  describe.skip(`as ${program} reads it`, tests);
}

describeWith('podman', 'podman', () => {
  const client = byName('podman');
  const path = join(folder.path, 'registries.conf');
  const read = (text: string): string | undefined => {
    writeFileSync(path, text);
    const storage = [
      '--root',
      join(folder.path, 'root'),
      '--runroot',
      join(folder.path, 'run'),
      '--storage-driver',
      'vfs',
    ];
    return refusal('podman', [...storage, 'info'], { CONTAINERS_REGISTRIES_CONF: path });
  };
  const rendered = (profile: 'fallback' | 'strict'): string =>
    client.render(inputFor(client, { profile })).files[0]!.content;

  it.each(PROFILES)('the registries.conf of the profile %s', (profile) => {
    expect(read(rendered(profile))).toBeUndefined();
  });

  it.each([
    ['a scheme', '"harbor.corp.test/proxy.quay.io"', '"https://harbor.corp.test/proxy.quay.io"'],
    ['no quote at the end', '"harbor.corp.test/proxy.quay.io"', '"harbor.corp.test/proxy.quay.io'],
    ['single brackets', '[[registry]]', '[registry]'],
    ['a wildcard with a path', 'prefix = "quay.io"', 'prefix = "*.quay.io/x"'],
    ['no location', 'location = "quay.io"', ''],
    ['a value of pull-from-mirror that is not one', 'proxy.quay.io"', 'proxy.quay.io"\npull-from-mirror = "tags"'],
    ['both ways to serve digests alone', 'location = "quay.io"', 'location = "quay.io"\nmirror-by-digest-only = true'],
    ['version 1 beside version 2', '# Written', '[registries.search]\nregistries = ["docker.io"]\n# Written'],
  ])('%s is refused by podman, and named by the check', (what, from, to) => {
    const base = rendered('fallback').replace(from, to);
    const text = what.startsWith('both')
      ? base.replace('proxy.quay.io"', 'proxy.quay.io"\npull-from-mirror = "all"')
      : base;
    expect(text).not.toBe(rendered('fallback'));
    expect(read(text)).toMatch(/loading registries configuration|registries/);
    const files = [{ path: '/etc/containers/registries.conf', content: text }];
    const errors = checkFiles(client, files, {}).filter(({ severity }) => severity === 'error');
    expect(errors).not.toEqual([]);
  });
});

describeWith('containerd', 'containerd', () => {
  it('the configuration of containerd 1', () => {
    const client = byName('containerd');
    const { files } = client.render(inputFor(client, { options: { major: 1 } }));
    const path = join(folder.path, 'config.toml');
    writeFileSync(path, files.find((file) => file.path === 'config.toml.snippet')!.content);
    expect(refusal('containerd', ['--config', path, 'config', 'dump'])).toBeUndefined();
  });
});

describe('what is rendered', () => {
  const rendered = clients.flatMap((client) =>
    PROFILES.map((profile) => ({ client, profile, input: inputFor(client, { profile }) })),
  );

  it.each(rendered.map((one) => [`${one.client.name}, ${one.profile}`, one] as const))(
    'for %s is of its format, and has no secret unless it was asked for',
    (_name, { client, input }) => {
      for (const { path, content, mode } of client.render(input).files) {
        if (/\.toml|\.conf$/.test(path)) expect(tomlTree(path, content)).toHaveProperty('tree');
        if (path.endsWith('.json')) expect(() => JSON.parse(content) as unknown).not.toThrow();
        if (path.endsWith('.yaml'))
          for (const document of content.split(/^---\n/m)) expect(parseDocument(document).errors).toEqual([]);
        if (isSecretIn(content)) expect(mode).toBe(0o600);
      }
      const { robot, ...rest } = input;
      const without = client.render({ ...rest, robot: { username: robot!.username } });
      expect(without.files.filter(({ content }) => isSecretIn(content))).toEqual([]);
      expect(checkFiles(client, foundFiles(without.files), factsOf(input))).toEqual([]);
    },
  );
});

/** In the clear, or as Docker and Kubernetes encode it, once or twice. */
function isSecretIn(content: string): boolean {
  const decoded = (text: string): string =>
    [...text.matchAll(/[A-Za-z0-9+/]{16,}={0,2}/g)]
      .map(([found]) => Buffer.from(found, 'base64').toString('utf8'))
      .join(' ');
  return [content, decoded(content), decoded(decoded(content))].some((text) => text.includes('S3cret-of-the-robot'));
}
