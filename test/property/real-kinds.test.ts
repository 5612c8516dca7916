import fc from 'fast-check';
import type { Declaration } from '../../src/declaration/declaration';
import { kinds } from '../../src/kinds';
import type { Mode } from '../../src/plan/plan';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { declare, type Specs } from '../support/declare';
import { startSandboxRun, type SandboxRun } from '../support/sandbox-run';

/*
 * One sandbox for all: every step declares something else, so that each plan starts from what the steps before
 * it left behind. That is what a repository does to a Harbor over the years.
 */
let upstream: FixtureUpstream;
let run: SandboxRun;
beforeAll(async () => {
  upstream = await startFixtureUpstream();
  run = await startSandboxRun();
});
afterAll(async () => {
  await run.close();
  await upstream.close();
});

const REGISTRIES = ['r1', 'r2'];
const PROJECTS = ['p1', 'p2', 'p3'];
const RULES = [7, 30].map((days) => ({ template: 'nDaysSinceLastPull', params: { nDaysSinceLastPull: days } }));
const secret = { env: 'SECRET' };

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const all = <T>(items: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T[]> => fc.tuple(...items);
/** Without the keys that are undefined: what is not declared is not there. */
const spec = (shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(shape).map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));

const registry = (name: string): fc.Arbitrary<object> =>
  spec({
    name: fc.constant(name),
    type: fc.constant('docker-registry'),
    url: fc.constantFrom(...['', '/'].map((end) => `http://127.0.0.1:PORT${end}`)),
    description: maybe(fc.constantFrom('', 'one', 'two')),
    credential: maybe(fc.constant({ access_key: 'bot', access_secret: secret })),
  });
const project = (name: string): fc.Arbitrary<object> =>
  spec({
    name: fc.constant(name),
    registry: name === 'p3' ? fc.constant(undefined) : fc.constantFrom('r1', 'r1', 'r1', 'r2'),
    public: maybe(fc.boolean()),
    prevent_vul: maybe(fc.boolean()),
    severity: maybe(fc.constantFrom('low', 'critical')),
  });
const childrenOf = (name: string): fc.Arbitrary<Specs> => {
  const projectName = fc.constant(name);
  return fc.record({
    quota: fc.array(spec({ project: projectName, storage_limit: fc.constantFrom(-1, 1024 ** 3) }), { maxLength: 1 }),
    retention: fc.array(
      spec({ project: projectName, schedule: maybe(fc.constantFrom('', '0 0 3 * * *')), rules: fc.subarray(RULES) }),
      { maxLength: 1 },
    ),
    'project-member': fc.array(
      spec({ project: projectName, group: fc.constant('team'), role: fc.constantFrom('guest', 'maintainer') }),
      { maxLength: 1 },
    ),
    robot: fc.array(
      spec({
        project: projectName,
        name: fc.constant('puller'),
        duration: fc.constantFrom(30, 90),
        access: fc.subarray(['repository:pull', 'repository:list'], { minLength: 1 }),
        secret: fc.constant(secret),
      }),
      { maxLength: 1 },
    ),
  });
};

const specs: fc.Arbitrary<Specs> = fc.subarray(PROJECTS).chain((names) =>
  fc
    .tuple(
      all(REGISTRIES.map(registry)),
      all(names.map(project)),
      all(names.map(childrenOf)),
      fc.constantFrom({}, { token_expiration: 45 }, { token_expiration: 60, robot_token_duration: 10 }),
    )
    .map(([registries, projects, children, configuration]): Specs => {
      const below = (kind: string): object[] => children.flatMap((child) => child[kind] ?? []);
      return {
        registry: registries,
        'user-group': [{ name: 'team', type: 'oidc' }],
        project: projects,
        ...Object.fromEntries(['quota', 'retention', 'project-member', 'robot'].map((kind) => [kind, below(kind)])),
        configuration: Object.keys(configuration).length > 0 ? [configuration] : [],
      };
    }),
);

const steps = fc.record({
  specs,
  mode: fc.constantFrom<Mode>('upsert-only', 'sync', 'sync'),
  prune: fc.subarray(['project', 'project-member', 'robot']),
});

function declarationOf(written: Specs, prune: readonly string[]): Declaration {
  const text = JSON.stringify(written).replaceAll('127.0.0.1:PORT', new URL(upstream.url).host);
  return declare(JSON.parse(text) as Specs, { prune, kinds });
}

describe('the real kinds against the sandbox', () => {
  it('with any next declaration, one apply converges and the next plan is empty', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 3 }), async (next) => {
        for (const step of next) {
          const declaration = declarationOf(step.specs, step.prune);
          const plan = await run.plan(declaration, { mode: step.mode });
          // What replaces a project outside mode sync is refused, and so it should be.
          if (plan.refusals.length > 0) continue;
          const report = await run.apply(declaration, plan);
          expect(
            [...report.failed, ...report.stale, ...report.skipped, ...report.unknown].map(
              ({ address, detail }) => `${address}: ${detail}`,
            ),
          ).toEqual([]);
          expect(report.differences).toEqual([]);
          expect((await run.plan(declaration, { mode: step.mode })).changes).toEqual([]);
        }
      }),
      // Shrinking replays steps on a Harbor that has moved on, so it would tell of another failure.
      { numRuns: 40, endOnFailure: true },
    );
  }, 120_000);
});
