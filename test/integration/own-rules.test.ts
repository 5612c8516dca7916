import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');
const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
let sandbox: Sandbox;
beforeAll(async () => void (sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 })));
afterAll(() => sandbox.close());

const policies = (rest: string): string =>
  directoryWith({
    'a.yaml': `harbor: { url: "${sandbox.url}", username: admin, password: { env: HARBOR_PASSWORD } }\n${rest}`,
  });
const journal = (directory: string): string[] => ['--journal', join(directory, 'j.jsonl')];

describe('a rule on plans', () => {
  it('is shown, and if the organization raised its severity, blocks plan and apply until it is waived', async () => {
    const closed = policies('projects: { inner: { public: false } }\n');
    expect(await cli(['apply', '--yes', '--policies', closed, ...journal(closed)], ENV)).toMatchObject({ code: 0 });
    const open = 'projects: { inner: { public: true } }\n';
    const shown = await cli(['plan', '--policies', policies(open)], ENV);
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^Rule HP052 \(medium\): project\/inner: it becomes public/m);

    const raised = policies(`${open}rules: { severity: { HP052: high } }\n`);
    const planned = await cli(
      ['plan', '--policies', raised, '--out', join(raised, 'plan.json'), '--format', 'json'],
      ENV,
    );
    expect(planned.code).toBe(4);
    expect(JSON.parse(planned.out)).toMatchObject({
      findings: [{ rule: 'HP052', severity: 'high', address: 'project/inner' }],
    });
    for (const more of [[], [join(raised, 'plan.json')]]) {
      const applied = await cli(['apply', ...more, '--yes', '--policies', raised, ...journal(raised)], ENV);
      expect(applied).toMatchObject({
        code: 4,
        err: expect.stringMatching(/POLICY_VIOLATION.*\n.*\[HP052\] project\/inner/),
      });
    }
    const waiver =
      'waivers: [{ rule: HP052, object: project/inner, reason: "released as open source", owner: me, expires: 2999-01-01 }]\n';
    const waived = policies(`${open}rules: { severity: { HP052: high } }\n${waiver}`);
    expect((await cli(['validate', '--policies', waived], ENV)).out).not.toContain('HP09');
    const markdown = await cli(['plan', '--policies', waived, '--format', 'markdown'], ENV);
    expect(markdown.code).toBe(0);
    expect(markdown.out).toMatch(/> \[!NOTE\]\n> \*\*Rule HP052\*\*[^]*waived by me until 2999-01-01/);
    expect(await cli(['apply', '--yes', '--policies', waived, ...journal(waived)], ENV)).toMatchObject({ code: 0 });
  });
});

describe('--rules', () => {
  const RULE = `{ id: 'ACME001', title: 't', severity: 'high', why: 'w',
    declared: { judge: ({ objects }) => objects.filter((o) => o.kind === 'project').map(({ address }) => ({ address, message: 'no contact', hint: 'name one' })), good: {}, bad: {} } }`;
  const withModule = (name: string, text: string): string[] => {
    const directory = policies('projects: { inner: { public: false } }\n');
    return ['--policies', directory, '--rules', join(directoryWith({ [name]: text }), name)];
  };

  it.each([
    ['rules.cjs', `module.exports = { rules: [${RULE}] };`],
    ['default.cjs', `module.exports = [${RULE}];`],
  ])('judges by the rules of %s, with the place, and explains them', async (name, text) => {
    const argv = withModule(name, text);
    const { code, out } = await cli(['validate', ...argv], ENV);
    expect(code).toBe(4);
    expect(out).toMatch(/a\.yaml:2:\d+:? [^]*error\[ACME001\][^]*project\/inner: no contact|ACME001[^]*a\.yaml:2/);
    const sarif = JSON.parse((await cli(['validate', ...argv, '--format', 'sarif'], ENV)).out) as {
      runs: [{ tool: { driver: { rules: { id: string; fullDescription?: object }[] } } }];
    };
    expect(sarif.runs[0].tool.driver.rules).toContainEqual(
      expect.objectContaining({ id: 'ACME001', fullDescription: { text: 'w' } }),
    );
    expect((await cli(['rules', 'ACME001', '--rules', argv[3]!])).out).toContain('ACME001  high  t');
  });

  it('loads modules of today as the program does', () => {
    const file = join(directoryWith({ 'r.mjs': `export const rules = [${RULE}];` }), 'r.mjs');
    const out = execFileSync(process.execPath, [MAIN, 'rules', 'ACME001', '--rules', file], { encoding: 'utf8' });
    expect(out).toContain('ACME001  high  t');
  });

  it.each<[string, string, RegExp]>([
    ['a module that is not there', '', /cannot be loaded/],
    ['a module without rules', 'exports.other = 1;', /does not export a list of rules/],
    ['an id of ours', `exports.rules = [${RULE.replace('ACME001', 'HP101')}];`, /the prefix HP is reserved/],
    ['an invalid severity', `exports.rules = [${RULE.replace("'high'", "'bad'")}];`, /severity must be/],
    ['two of one id', `exports.rules = [${RULE}, ${RULE}];`, /there is a rule ACME001 already/],
    [
      'a rule that judges nothing',
      `exports.rules = [{ id: 'ACME001', title: 't', why: 'w', severity: 'low' }];`,
      /it needs declared.judge/,
    ],
    [
      'a rule that throws',
      `exports.rules = [${RULE.replace('objects.filter', 'objects.nothing.filter')}];`,
      /rule ACME001 failed/,
    ],
  ])('refuses %s', async (_what, text, words) => {
    const argv =
      text === '' ? ['--policies', policies('projects: {}\n'), '--rules', 'gone.cjs'] : withModule('r.cjs', text);
    expect(await cli(['validate', ...argv], ENV)).toMatchObject({ code: 1, err: expect.stringMatching(words) });
  });

  it('loads no module that is only next to the policies', async () => {
    const directory = policies('projects: { inner: { public: false } }\n');
    const beside = directoryWith({
      'policies/a.yaml': 'projects: { inner: { public: false } }\n',
      'policies/rules.mjs': 'throw new Error("loaded");',
    });
    expect((await cli(['validate', '--policies', join(beside, 'policies')], ENV)).err).not.toContain('loaded');
    expect((await cli(['validate', '--policies', directory], ENV)).code).toBe(0);
  });
});
