import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const ROOT = resolve(__dirname, '../..');
const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
let sandbox: Sandbox;
beforeAll(async () => void (sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 })));
afterAll(() => sandbox.close());

const policies = (rest: string): string =>
  directoryWith({
    'a.yaml': `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }\n${rest}`,
  });

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly rules: readonly { readonly id: string; readonly properties?: object }[] };
    };
    readonly invocations?: readonly object[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly level: string;
      readonly locations: readonly object[];
      readonly suppressions?: readonly object[];
    }[];
  }[];
}
const sarif = (out: string): Sarif => JSON.parse(out) as Sarif;
const placeAt = (file: RegExp, startLine: number) => ({
  physicalLocation: {
    artifactLocation: { uri: expect.stringMatching(file) },
    region: expect.objectContaining({ startLine }),
  },
});

describe('findings on a plan as SARIF', () => {
  const closed = 'projects:\n  inner:\n    public: false\n  outer:\n    public: false\n';
  const open = closed.replaceAll('false', 'true');
  const waiver = (object: string, expires = '2999-01-01') =>
    `{ rule: HP052, object: ${object}, reason: "open source", owner: me, expires: ${expires} }`;

  beforeAll(async () => {
    const before = policies(closed);
    const applied = await cli(['apply', '--yes', '--policies', before, '--journal', join(before, 'j')], ENV);
    expect(applied).toMatchObject({ code: 0 });
  });

  it.each([
    ['plan', 4],
    ['drift', 2],
  ])('%s shows each at the line of its field, and what is waived as suppressed', async (command, code) => {
    const directory = policies(
      `${open}rules: { severity: { HP052: high } }\nwaivers:\n  - ${waiver('project/outer')}\n`,
    );
    const ran = await cli([command, '--policies', directory, '--format', 'sarif'], ENV);
    expect(ran.code).toBe(code);
    const [run] = sarif(ran.out).runs;
    expect(run?.tool.driver.rules).toMatchObject([{ id: 'HP052', properties: { 'security-severity': '8.0' } }]);
    expect(run?.results).toMatchObject([
      { ruleId: 'HP052', level: 'error', locations: [placeAt(/a\.yaml$/, 4)] },
      {
        ruleId: 'HP052',
        level: 'note',
        locations: [placeAt(/a\.yaml$/, 6)],
        suppressions: [{ kind: 'external', justification: 'me, until 2999-01-01: open source' }],
      },
    ]);
  });

  it('shows what the guard refuses', async () => {
    const directory = policies(
      'registries: { r: { type: docker-registry, url: "https://r.example.com" } }\nprojects:\n  inner:\n    registry: r\n',
    );
    const ran = await cli(['plan', '--policies', directory, '--format', 'sarif'], ENV);
    expect(ran.code).toBe(6);
    expect(sarif(ran.out).runs[0]?.results).toContainEqual(
      expect.objectContaining({ level: 'error', locations: [placeAt(/a\.yaml$/, 4)] }),
    );
  });

  it.each<[string, string, RegExp]>([
    [
      'that nothing needs',
      waiver('project/nothing'),
      /HP092.*project\/nothing.*this plan does nothing that it waives.*a\.yaml:\d+/,
    ],
    ['that is over', waiver('project/inner', '2026-01-02'), /HP091.*project\/inner.*it expired on 2026-01-02/],
  ])('names a waiver %s', async (_what, text, words) => {
    const directory = policies(`${open}waivers:\n  - ${text}\n`);
    expect((await cli(['plan', '--policies', directory], ENV)).out).toMatch(words);
    const part = await cli(['plan', '--policies', directory, '--target', 'project/outer'], ENV);
    expect(part.out).not.toContain('HP09');
  });

  it.each(['plan', 'drift', 'validate'])('%s says as SARIF, too, why it could not judge', async (command) => {
    const broken = policies('projects:\n  inner: { publik: true }\n');
    const found = await cli([command, '--policies', broken, '--format', 'sarif'], ENV);
    expect(found.code).toBe(1);
    expect(sarif(found.out).runs[0]?.results).toMatchObject([{ level: 'error', locations: [placeAt(/a\.yaml$/, 3)] }]);
    if (command === 'validate') return;
    const gone = directoryWith({
      'a.yaml':
        'harbor: { url: "http://127.0.0.1:9", username: a, password: { env: HARBOR_PASSWORD } }\nprojects: {}\n',
    });
    const lost = await cli([command, '--policies', gone, '--format', 'sarif'], ENV);
    expect(lost.code).toBe(8);
    expect(sarif(lost.out).runs).toMatchObject([{ results: [], invocations: [{ executionSuccessful: false }] }]);
  });
});

it('a waived finding on a declaration stays in the SARIF of validate, at its line', async () => {
  const directory = policies(
    'registries:\n  up:\n    type: docker-registry\n    url: https://up.example.com\n    insecure: true\n' +
      'waivers:\n  - { rule: HP015, object: registry/up, reason: "a lab only", owner: me, expires: 2999-01-01 }\n',
  );
  const { code, out } = await cli(['validate', '--policies', directory, '--format', 'sarif']);
  expect(code).toBe(0);
  expect(sarif(out).runs[0]?.results).toContainEqual(
    expect.objectContaining({ ruleId: 'HP015', level: 'note', locations: [placeAt(/a\.yaml$/, 6)] }),
  );
});

describe('severities on stacks', () => {
  /** A team's folder with stacks that break HP036, and an environment that says how much that weighs. */
  function team(rules: string, organisation = ''): string {
    const directory = directoryWith({
      'policies/a.yaml': `projects: {}\n${organisation}`,
      'cdktf.out/manifest.json': JSON.stringify({
        stacks: { harbor: { name: 'harbor', synthesizedStackPath: 'stacks/harbor/cdk.tf.json' } },
      }),
      'cdktf.out/stacks/harbor/cdk.tf.json': JSON.stringify({
        resource: { docker_container: { core: { image: 'x', ports: [{ internal: 5432, external: 5432 }] } } },
      }),
    });
    cpSync(join(ROOT, 'stacks'), join(directory, 'stacks'), { recursive: true });
    const file = join(directory, 'stacks/environments/example.yaml');
    const text = execFileSync('cat', [file], { encoding: 'utf8' });
    writeFileSync(file, `${text}\n${rules}`);
    return directory;
  }
  const judged = async (directory: string, ...more: readonly string[]) => {
    const main = join(ROOT, 'dist/src/cli/main.js');
    const argv = [main, 'rules', '--synth', 'cdktf.out', '--environment', 'example', '--format', 'json', ...more];
    const out = execFileSync('sh', ['-c', '"$0" "$@" || true', process.execPath, ...argv], {
      cwd: directory,
      encoding: 'utf8',
    });
    const { open } = JSON.parse(out) as {
      open: { rule: string; severity: string; address: string; message: string }[];
    };
    return open;
  };
  const of = (found: Awaited<ReturnType<typeof judged>>, rule: string) =>
    found.filter((one) => one.rule === rule).map(({ severity }) => severity);

  it('are raised by the environment, and by the policies of the organisation', async () => {
    expect(new Set(of(await judged(team('')), 'HP036'))).toEqual(new Set(['high']));
    expect(new Set(of(await judged(team('rules: { severity: { HP036: critical } }\n')), 'HP036'))).toEqual(
      new Set(['critical']),
    );
    const both = team('', 'rules: { severity: { HP036: critical } }\n');
    expect(new Set(of(await judged(both, '--policies', 'policies'), 'HP036'))).toEqual(new Set(['critical']));
  });

  it.each([
    ['names no rule', 'HP999: high', /no such rule/],
    ['would lower one', 'HP036: low', /would lower high to low/],
    ['is of a rule on policies', 'HP023: critical', /judges policies/],
  ])('one that %s is a finding', async (_what, severity, words) => {
    const found = await judged(team(`rules: { severity: { ${severity} } }\n`));
    expect(found).toContainEqual(expect.objectContaining({ rule: 'HP093', message: expect.stringMatching(words) }));
    expect(new Set(of(found, 'HP036'))).toEqual(new Set(['high']));
  });
});
