import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { assembleSchema } from '../../../src/declaration/schema/schema';
import { kinds } from '../../../src/kinds';
import { parse } from 'yaml';
import { cli, directoryWith } from '../../support/cli';

const FILES = {
  'policies/all.yaml': `
harbor: { url: https://harbor.example.com, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { hub: { type: docker-hub } }
projects: { proxy.docker.io: { registry: hub } }
`,
  'src/covered/Dockerfile': 'FROM harbor.example.com/proxy.docker.io/library/nginx:1\n',
  'src/rewrite/Dockerfile': 'FROM nginx:1\n',
  'src/bypass/Dockerfile': 'FROM ghcr.io/acme/app:1\nFROM ghcr.io/acme/app:1\nFROM localhost:5000/x\n',
  'src/open/Dockerfile': 'FROM $X\n',
};

function run(action: string, folder: string, files: Readonly<Record<string, string>>, ...more: string[]) {
  const root = directoryWith({ ...FILES, ...files });
  const options = more.map((word) => word.replace('ROOT', root));
  return cli(['inventory', action, join(root, 'src', folder), '--policies', join(root, 'policies'), ...options]);
}

describe('inventory check', () => {
  it.each([
    ['covered', 'unresolvable', 0],
    ['rewrite', 'bypass', 0],
    ['rewrite', 'needs-rewrite', 4],
    ['bypass', 'bypass', 4],
    ['bypass', 'needs-rewrite', 4],
    ['open', 'bypass', 0],
    ['open', 'needs-rewrite', 0],
    ['open', 'unresolvable', 4],
  ])('%s --fail-on %s: exit code %i', async (folder, failOn, code) => {
    const result = await run('check', folder, {}, '--fail-on', failOn);
    expect(result.code).toBe(code);
    expect(result.out).toContain(code === 0 ? 'OK: 0 failed' : 'FAILED: ');
  });

  it('lists only what fails, as SARIF', async () => {
    const { out, code } = await run('check', '.', {}, '--format', 'sarif');
    expect(code).toBe(4);
    expect(JSON.parse(out).runs[0].results).toHaveLength(3);
  });

  it('reports what it lets pass, and how to fail it', async () => {
    const { out, code } = await run('check', 'rewrite', {});
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('passed   1 needs rewrite: fail them with --fail-on needs-rewrite'),
    ]);
  });

  it('writes a comment for a pull request with the failures', async () => {
    const { out } = await run('check', '.', {}, '--format', 'markdown');
    expect(out).toMatch(/^### Image inventory: FAILED: 3 failed, 0 waived \(--fail-on bypass\)\n\n- 1 needs rewrite: /);
    expect(out).toContain('| `ghcr.io/acme/app:1` | bypass |');
    expect(out).not.toContain('library/nginx');
  });

  it('draws the upstreams, and lets no text of a file become markup', async () => {
    const { out } = await run('scan', '.', { 'src/<script>/Dockerfile': 'FROM quay.io/a/b:1\n' }, '--format', 'html');
    expect(out).toContain('6 of 7 references go past the cache (86 %)');
    expect(out).toMatch(/<rect class="bypass" .*ghcr\.io: 2 bypass/);
    expect(out).not.toMatch(/<script|https?:\/\/(?!harbor)/);
  });

  const waiver = (expires: string) => `waivers:
  - { image: 'ghcr.io/acme/*', reason: moving in May, owner: platform, expires: ${expires} }
  - { image: 'localhost:5000/*', file: '*/bypass/Dockerfile', reason: local, owner: platform, expires: 2999-01-01 }
  - { image: 'quay.io/*', reason: none, owner: platform, expires: 2999-01-01 }
`;

  it('honors waivers until their day, and names those that nothing needs', async () => {
    const valid = await run('check', 'bypass', { 'w.yaml': waiver('2999-01-01') }, '--waivers', 'ROOT/w.yaml');
    expect([valid.code, valid.out]).toEqual([0, expect.stringContaining('OK: 0 failed, 3 waived')]);
    expect(valid.out).toContain('unused   the waiver for quay.io/*: no reference needs it');
    const over = await run('check', 'bypass', { 'w.yaml': waiver('2020-01-01') }, '--waivers', 'ROOT/w.yaml');
    expect([over.code, over.out]).toEqual([4, expect.stringContaining('it expired on 2020-01-01')]);
  });

  it('refuses waivers without a reason, an owner or a day', async () => {
    const { code, err } = await run(
      'check',
      'covered',
      { 'w.yaml': 'waivers: [{ image: a, owner: b, expires: soon }]\n' },
      '--waivers',
      'ROOT/w.yaml',
    );
    expect(code).toBe(1);
    expect(err).toContain('waivers[0]: reason is missing; waivers[0]: expires must be a date');
  });
});

describe('inventory suggest', () => {
  it('prints the registries and projects that are missing, as policies that validate', async () => {
    const { out, code } = await run('suggest', '.', {});
    expect(code).toBe(0);
    expect(out).toContain('# ghcr.io: 2 references to 1 image, 1 of them with a tag that may move');
    expect(out).toMatch(/# {3}may move: ghcr\.io\/acme\/app:1 at .*Dockerfile:\d+:6/);
    expect(out).toContain(
      '# docker.io: 1 reference to 1 image, 1 of them with a tag that may move. A project serves it',
    );
    expect(out).toMatch(
      /then, if every tag moves once a day: 2 pulls .* a day, of 400 that Docker Hub allows per address/,
    );
    expect(out).toContain('# localhost:5000: ');
    const suggested = parse(out);
    expect(suggested).toEqual({
      registries: { 'ghcr.io': { type: 'github-ghcr' } },
      projects: { 'proxy.ghcr.io': { registry: 'ghcr.io' } },
    });
    expect(new Ajv2020({ strict: false }).compile(assembleSchema(kinds))(suggested)).toBe(true);
  });

  it('reports that nothing is missing', async () => {
    expect((await run('suggest', 'rewrite', {})).out).toContain('Nothing to add');
  });
});
