import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { cli, directoryWith } from '../support/cli';

const HARBOR = 'harbor: { url: http://127.0.0.1:9, username: admin, password: { env: HARBOR_PASSWORD } }\n';
const QUAY = 'registries:\n  quay: { type: docker-registry, url: https://quay.io }\n';
const GROUP = 'groups:\n  platform: { type: oidc }\n';
const ALIAS_BOMB = [
  'a0: &a0 [x]',
  ...Array.from({ length: 40 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}]`),
];

/** What a person sees for each mistake: the place, the rule, and what to do. Exit code 1, and nothing is asked of Harbor. */
describe('bad input', () => {
  it.each<[what: string, files: Record<string, string>, place: RegExp, rule: string, words: RegExp]>([
    [
      'an unknown key',
      { 'a.yaml': `${QUAY}projects:\n  p:\n    registry: quay\n    proxy_speed: 100\n` },
      /a\.yaml:6:5/,
      'unknown-key',
      /did you mean "proxy_speed_kb"\?/,
    ],
    ['a wrong type', { 'a.yaml': 'projects:\n  p: { public: maybe }\n' }, /a\.yaml:2:16/, 'wrong-type', /public/],
    [
      'a name that two files declare',
      { 'a.yaml': QUAY, 'b.yaml': QUAY },
      /b\.yaml:2:3/,
      'duplicate-name',
      /a\.yaml:2:3/,
    ],
    [
      'a key that stands twice',
      { 'a.yaml': 'projects:\n  p: {}\n  p: {}\n' },
      /a\.yaml:3:3/,
      'duplicate-key',
      /a\.yaml:2:3/,
    ],
    [
      'a registry that is not declared',
      { 'a.yaml': `${QUAY}projects:\n  p: { registry: quai }\n` },
      /a\.yaml:4:\d+/,
      'dangling-reference',
      /did you mean "quay"\?/,
    ],
    [
      'a group that is not declared',
      { 'a.yaml': `${GROUP}projects:\n  p:\n    members: [{ group: platfrom, role: guest }]\n` },
      /a\.yaml:5:\d+/,
      'dangling-reference',
      /did you mean "platform"\?/,
    ],
    [
      'a secret written down',
      {
        'a.yaml':
          'registries:\n  hub:\n    type: docker-hub\n    credential: { access_key: bot, access_secret: hunter2hunter2 }\n',
      },
      /a\.yaml:4:\d+/,
      'literal-secret',
      /env/,
    ],
    [
      'a bad cron',
      { 'a.yaml': 'projects:\n  p:\n    retention: { schedule: "0 3 * * *", rules: [] }\n' },
      /a\.yaml:3:\d+/,
      'bad-cron',
      /six|6/,
    ],
    [
      'a bad size',
      { 'a.yaml': 'projects:\n  p: { storage_limit: 500 gigs }\n' },
      /a\.yaml:2:\d+/,
      'bad-format',
      /500GiB/,
    ],
    [
      'a proxy-only key on an ordinary project',
      { 'a.yaml': 'projects:\n  p: { proxy_speed_kb: 100 }\n' },
      /a\.yaml:2:\d+/,
      'proxy-only-key',
      /registry/,
    ],
    ['two megabytes of [', { 'a.yaml': '['.repeat(2 << 20) }, /a\.yaml/, 'file-too-large', /a file may have 1 MiB/],
    ['deep nesting below the size limit', { 'a.yaml': '['.repeat(100_000) }, /a\.yaml/, 'too-deep', /64/],
    ['an alias bomb', { 'a.yaml': ALIAS_BOMB.join('\n') }, /a\.yaml/, 'too-many-aliases', /alias/],
    ['no policies at all', {}, /breakwater-test/, 'no-policies', /\.yaml/],
  ])('%s', async (_what, files, place, rule, words) => {
    const policies = directoryWith(files);
    const { code, out } = await cli(['validate', '--policies', policies]);
    expect(out).toMatch(place);
    expect(out).toContain(`[${rule}]`);
    expect(out).toMatch(words);
    expect(out).not.toContain('hunter2');
    expect(code).toBe(1);
  });

  it('reports all faults in one run, and the same as JSON and SARIF', async () => {
    const policies = directoryWith({
      'a.yaml': 'projects:\n  p: { publik: true, registry: nowhere }\n  q: { storage_limit: lots }\n',
    });
    const text = await cli(['validate', '--policies', policies]);
    const json = JSON.parse((await cli(['validate', '--policies', policies, '--format', 'json'])).out);
    const sarif = JSON.parse((await cli(['validate', '--policies', policies, '--format', 'sarif'])).out);
    expect(json.diagnostics.map((one: { rule: string }) => one.rule).sort()).toEqual([
      'bad-format',
      'dangling-reference',
      'unknown-key',
    ]);
    expect(text.out.match(/error\[/g)).toHaveLength(json.errors);
    expect(sarif.runs[0].results).toHaveLength(json.diagnostics.length);
    expect(sarif.version).toBe('2.1.0');
  });

  it('marks the faulty value with a caret', async () => {
    const policies = directoryWith({ 'a.yaml': `${QUAY}projects:\n  p:\n    registry: quay\n    proxy_speed: 100\n` });
    expect((await cli(['validate', '--policies', policies])).out).toMatch(/proxy_speed: 100\n.*\|\s+\^{11}\n/);
  });

  it('names an environment variable that is not set, and sends no request to Harbor', async () => {
    const policies = directoryWith({ 'a.yaml': HARBOR });
    const { code, err } = await cli(['plan', '--policies', policies]);
    expect(err).toContain('HARBOR_PASSWORD');
    expect(err).toContain('SECRET_UNSET');
    expect(code).toBe(1);
  });

  it('refuses a secret file that others can read', async () => {
    const policies = directoryWith({
      'a.yaml': HARBOR.replace('{ env: HARBOR_PASSWORD }', '{ file: password }'),
      password: 'Harbor12345\n',
    });
    chmodSync(join(policies, 'password'), 0o644);
    const { code, err } = await cli(['plan', '--policies', policies]);
    expect(err).toContain('SECRET_PERMISSIONS');
    expect(err).toMatch(/chmod/);
    expect(err).not.toContain('Harbor12345');
    expect(code).toBe(1);
  });
});
