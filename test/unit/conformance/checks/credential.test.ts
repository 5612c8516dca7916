import { runConformance, type CheckResult } from '../../../../src/conformance';
import { startFrontDouble, type FrontFault } from '../mirror-front-double';
import { startSandboxUnderTest, TIME_SCALE } from '../sandbox-target';

/** The only result of A4 in the private project. */
async function a4Behind(fault: FrontFault): Promise<CheckResult | undefined> {
  const under = await startSandboxUnderTest();
  const front = await startFrontDouble(under.sandbox.url, undefined, fault);
  try {
    const projects = under.target.projects.filter((project) => project.pullCredential !== undefined);
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks: ['A4'] };
    const { results } = await runConformance({ ...under.target, harborUrl: front.url, projects }, options);
    expect(results).toHaveLength(1);
    return results[0];
  } finally {
    await front.close();
    await under.close();
  }
}

it.each<[FrontFault, RegExp]>([
  ['wrong secrets fail', /a wrong secret could not be tried: the token service returned 502/],
  ['wrong secrets get a page', /a wrong secret could not be tried: the token service returned 200/],
  ['every login gets a page', /: the token service returned 200/],
])('A4 does not judge what could not be tried: %s', async (fault, words) => {
  expect(await a4Behind(fault)).toMatchObject({ status: 'error', message: expect.stringMatching(words) });
});

it.each<[FrontFault, object]>([
  ['wrong secrets are forbidden', { kind: 'refusal-changed', rank: 'soon', party: 'front door' }],
  ['every login is forbidden', { kind: 'no-token', rank: 'outage', party: 'front door' }],
])('A4 does not blame a robot if %s by a proxy', async (fault, cause) => {
  expect(await a4Behind(fault)).toMatchObject({ status: 'fail', cause });
});
