import { join } from 'node:path';
import * as breakwater from '../../src';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { directoryWith } from '../support/cli';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01, harborVersion: 'v2.14.4' });
});
afterAll(() => sandbox.close());

const ENV = { HARBOR_PASSWORD: 'Harbor12345' };
const EVERYTHING = { mode: 'upsert-only', target: [], rotate: [] } as const;

function policies(project: string, more = ''): string {
  const harbor = `{ url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }`;
  return directoryWith({ 'a.yaml': `harbor: ${harbor}\nprojects: { p: ${project} }\n${more}\n` });
}

describe('the library', () => {
  it('goes from files to a plan without Harbor', async () => {
    const directory = policies('{ public: true }');
    const { kinds } = breakwater;
    const { declaration } = await breakwater.loadDeclaration({ directory, kinds });
    const plan = breakwater.makePlan({
      tool: 'test',
      declaration: declaration!,
      current: new Map(),
      kinds,
      mode: 'upsert-only',
      targets: [],
      rotate: [],
      identity: {},
      target: { url: 'https://harbor.example.com' },
    });
    expect(breakwater.renderText(plan)).toContain('+ project/p');
  });

  it('applies like the command, reports events, and prints nothing', async () => {
    const directory = policies('{ public: true }');
    const types: string[] = [];
    const context = breakwater.appContext({ env: ENV, emit: ({ type }) => types.push(type) });
    const options = { ...EVERYTHING, policies: directory, journal: join(directory, 'journal.jsonl') };
    const asked: number[] = [];
    const confirm = async ({ changes }: breakwater.Plan): Promise<boolean> => asked.push(changes.length) > 1;

    expect((await breakwater.applyPolicies(context, { ...options, confirm })).report).toBeUndefined();
    const { report } = await breakwater.applyPolicies(context, { ...options, confirm });
    expect(report!.ok.map(({ address }) => address)).toEqual(['project/p']);
    expect(breakwater.isComplete(report!)).toBe(true);
    expect(asked).toEqual([1, 1]);
    expect([...new Set(types)]).toEqual([
      'logging-in',
      'logged-in',
      'reading',
      'reconcile',
      'testing-secrets',
      'read',
      'planned',
      'applying',
    ]);
    expect(context.secrets.mask('password Harbor12345')).not.toContain('Harbor12345');
    expect((await breakwater.findDrift(context, { policies: directory })).changes).toEqual([]);
  });

  it('refuses what this Harbor is too old for, as the command does', async () => {
    const directory = policies(
      '{ registry: up, proxy_cache_local_on_not_found: true }',
      'registries: { up: { type: docker-registry, url: https://registry.example.com } }',
    );
    const context = breakwater.appContext({ env: ENV });
    const options = { ...EVERYTHING, policies: directory };
    const { refusals } = await breakwater.planPolicies(context, options);
    expect(refusals.map(({ rule }) => rule)).toContain('field-too-new');
    const journal = join(directory, 'journal.jsonl');
    await expect(breakwater.applyPolicies(context, { ...options, journal })).rejects.toThrow(
      breakwater.PlanRefusedError,
    );
  });
});
