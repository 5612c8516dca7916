import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { releaseOf } from '../../src/deploy/harbor';
import { index } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';
import { describeWithRealParts, skopeo, startRealRegistry, temporaryFolder, writeOciLayout } from './real-parts';

const SHIPPED = readFileSync(resolve(__dirname, '../../stacks/images.yaml'), 'utf8');

describeWithRealParts('images, at a real registry', () => {
  const folder = temporaryFolder();
  let registry: Awaited<ReturnType<typeof startRealRegistry>>;
  const ask = (): string[] => ['--registry', registry.host, '--insecure'];

  beforeAll(async () => {
    registry = await startRealRegistry(folder.path);
    for (const release of ['v2.15.2', 'v2.16.0']) {
      for (const name of Object.values(releaseOf(release).images)) await push(`${name}:${release}`, release);
    }
  }, 120_000);
  afterAll(async () => {
    await registry.stop();
    folder.remove();
  });

  async function push(name: string, content: string): Promise<void> {
    const layout = join(folder.path, 'layout');
    execFileSync('rm', ['-rf', layout]);
    mkdirSync(layout);
    writeOciLayout(layout, index({ archs: ['amd64', 'arm64'], seed: `${name} ${content}` }));
    await skopeo(
      'copy',
      '--all',
      '--dest-tls-verify=false',
      `oci:${layout}`,
      `docker://${registry.host}/goharbor/${name}`,
    );
  }

  it('pins a new release before the others, and leaves every other byte as it is', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    const { code, out, err } = await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, ...ask()]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('12 images for linux/amd64, written to');
    const text = readFileSync(join(stacks, 'images.yaml'), 'utf8');
    const added = text.slice(text.indexOf('  v2.16.0:'), text.indexOf('  v2.15.2:'));
    expect(text.replace(added, '')).toBe(SHIPPED);
    expect(added).toMatch(
      new RegExp(`core:\\n +image: ${registry.host}/goharbor/harbor-core:v2.16.0@sha256:[0-9a-f]{64}`),
    );
    const again = await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, ...ask()]);
    expect(again.out).toContain('is unchanged');
    expect(readFileSync(join(stacks, 'images.yaml'), 'utf8')).toBe(text);
  });

  it('changes the pins of a release that is there, and its comments stay', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    const { code } = await cli(['images', 'pin', 'v2.15.2', '--stacks', stacks, '--hub-names', ...ask()]);
    expect(code).toBe(0);
    const text = readFileSync(join(stacks, 'images.yaml'), 'utf8');
    const digest = (of: string): string => /registry-photon:v2\.15\.2@(sha256:\w+)/.exec(of)![1]!;
    expect(digest(text)).not.toBe(digest(SHIPPED));
    const comments = (of: string): string[] => of.split('\n').filter((line) => line.trim().startsWith('#'));
    expect(comments(text)).toEqual(comments(SHIPPED));
    expect(text.slice(text.indexOf('  v2.15.0:'))).toBe(SHIPPED.slice(SHIPPED.indexOf('  v2.15.0:')));
    const checked = await cli(['images', 'check', 'v2.15.2', '--stacks', stacks, ...ask()]);
    expect([checked.code, checked.out]).toEqual([0, expect.stringContaining('12 of 12 pins are what their tags name')]);
    expect(checked.out).toContain('newer releases: v2.16.0');
  });

  it('writes nothing where one image is missing or built for another platform', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    const missing = await cli(['images', 'pin', 'v2.14.9', '--stacks', stacks, ...ask()]);
    expect([missing.code, missing.out]).toEqual([1, expect.stringContaining('12 images could not be resolved')]);
    const other = await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, '--platform', 'linux/s390x', ...ask()]);
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('it has no image for linux/s390x')]);
    expect(readFileSync(join(stacks, 'images.yaml'), 'utf8')).toBe(SHIPPED);
  });

  it('tells a tag that moved from one that is gone', async () => {
    const stacks = directoryWith({ 'images.yaml': SHIPPED });
    await cli(['images', 'pin', 'v2.16.0', '--stacks', stacks, ...ask()]);
    await push('harbor-portal:v2.16.0', 'moved');
    writeFileSync(
      join(stacks, 'images.yaml'),
      readFileSync(join(stacks, 'images.yaml'), 'utf8').replace('harbor-log:v2.16.0', 'harbor-log:v2.16.9'),
    );
    const { code, out } = await cli(['images', 'check', 'v2.16.0', '--stacks', stacks, '--format', 'json', ...ask()]);
    const { pins } = JSON.parse(out) as { pins: { id: string; outcome: string }[] };
    expect(code).toBe(2);
    expect(pins.filter(({ outcome }) => outcome !== 'same').map(({ id, outcome }) => [id, outcome])).toEqual([
      ['log', 'gone'],
      ['portal', 'moved'],
    ]);
  });
});

it.each([
  [['images', 'pin'], /no release is given/],
  [['images', 'pin', '2.15'], /is not a release of Harbor/],
  [['images', 'pin', 'v2.15.2', '--registry', 'no host'], /is not a valid registry/],
  [['images', 'pin', 'v2.15.2', '--username', 'bot'], /the password of bot is not set/],
])('%j is refused before anybody is asked', async (argv, expected) => {
  const { code, err } = await cli(argv, {}, directoryWith({}));
  expect([code, err]).toEqual([1, expect.stringMatching(expected)]);
});
