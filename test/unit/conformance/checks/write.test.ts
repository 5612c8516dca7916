import {
  runConformance,
  type CheckResult,
  type ConformanceTarget,
  type ProjectTarget,
} from '../../../../src/conformance';
import { HarborDouble, LIKE_SCANNER, type DoubleFault } from '../harbor-double';
import { startSandboxUnderTest, type SandboxUnderTest } from '../sandbox-target';

const IDS = ['W1', 'W2', 'W3'];

async function prove(target: ConformanceTarget, checks: readonly string[] = IDS): Promise<readonly CheckResult[]> {
  const { results } = await runConformance(target, { tool: { name: 'breakwater', version: '0.0.0' }, checks });
  return results;
}

function told(results: readonly CheckResult[]): string[] {
  return results.map(({ id, project, status, message }) => `${id} ${project} ${status} ${message}`);
}

describe('against the sandbox', () => {
  let under: SandboxUnderTest;
  beforeAll(async () => (under = await startSandboxUnderTest()));
  afterAll(() => under.close());

  const changed = (change: Partial<ProjectTarget>): ConformanceTarget => ({
    ...under.target,
    projects: under.target.projects.map((project) => ({ ...project, ...change })),
  });

  it('every write is refused, by the rule of the proxy project and by the role', async () => {
    expect(told(await prove(under.target))).toEqual(
      ['proxy.public', 'proxy.private'].flatMap((project) => [
        `W1 ${project} pass refused: DENIED denied: can not push artifact to a proxy project: ${project}`,
        `W2 ${project} pass refused: DENIED denied: can not push artifact to a proxy project: ${project}`,
        `W3 ${project} pass refused: 401`,
      ]),
    );
  });

  it('nothing is tried without a robot that is declared for it', async () => {
    const { writeProbe: _none, ...project } = under.target.projects[1]!;
    const results = await prove({ ...under.target, projects: [project] });
    expect(told(results)).toEqual(
      IDS.map((id) => `${id} proxy.private skip no write_probe is declared for this project`),
    );
    expect(results.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('a robot that may not push by its role proves nothing', async () => {
    const { pullCredential } = under.target.projects[1]!;
    const writeProbe = { robot: pullCredential!, likeScanner: pullCredential! };
    const [, project] = changed({ writeProbe }).projects;
    const [w1, w2] = await prove({ ...under.target, projects: [project!] }, ['W1', 'W2']);
    expect(w1).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/may not push, or its secret does not work/),
    });
    expect(w2).toMatchObject({ status: 'error', message: expect.stringMatching(/its name was not tested$/) });
  });

  it('an administrator who pulls may delete: Harbor looks up the digest, which does not exist', async () => {
    const [w3] = await prove(changed({ pullCredential: under.target.apiCredential! }), ['W3']);
    expect(w3).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(
        /^admin may delete: Harbor did not refuse but looked for the digest: 404 NOT_FOUND/,
      ),
    });
    expect(w3?.cause).toMatchObject({ kind: 'delete-accepted', rank: 'exposure' });
    const digests = w3!.requests.flatMap(({ url }) => /manifests\/(sha256:\w{64})$/.exec(url)?.[1] ?? []);
    expect(digests).toHaveLength(1);
    expect(under.sandbox.store.artifacts.all().map(({ digest }) => digest)).not.toContain(digests[0]);
  });
});

describe('against a registry that accepts them', () => {
  async function against(fault: DoubleFault, version?: string): Promise<readonly CheckResult[]> {
    const double = await HarborDouble.start(fault);
    const target = double.target();
    const own = { ...target, ...(version !== undefined && { harborVersion: version }) };
    const results = await prove({ ...own, projects: target.projects.slice(0, 1) });
    await double.close();
    return results;
  }

  it.each([
    ['v2.15.2', 'known-deviation', 'https://github.com/goharbor/harbor/issues/23681'],
    ['v2.16.0', 'fail', undefined],
    ['unknown', 'fail', undefined],
  ])('in %s a name like the scanner’s that may push is a %s', async (version, status, link) => {
    const results = await against('a scanner-like name may push', version);
    expect(results.map((result) => `${result.id} ${result.status}`)).toEqual(['W1 pass', `W2 ${status}`, 'W3 pass']);
    expect(results[1]).toMatchObject({
      message: expect.stringMatching(/^starting an upload was accepted: 202 \[bw-/),
      evidence: [{ label: 'as', value: LIKE_SCANNER.username }],
    });
    expect(results[1]?.link).toBe(link);
  });

  it('a refusal by something in front proves nothing of the rule', async () => {
    const [w1] = await against('pushes end at a wall');
    expect(w1).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/^refused by a proxy in front, .* was not tested: 403 an HTML page \[bw-/),
    });
  });

  it('an accepted upload is cancelled', async () => {
    const [w1] = await against('push accepted');
    expect(w1?.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'POST', 'DELETE', 'PUT']);
  });
});
