import { runConformance } from '../../../../src/conformance';
import { startFrontDouble } from '../mirror-front-double';
import { startSandboxUnderTest, TIME_SCALE } from '../sandbox-target';

it('A4 does not judge a wrong secret that could not be tried', async () => {
  const under = await startSandboxUnderTest();
  const front = await startFrontDouble(under.sandbox.url, undefined, 'wrong secrets fail');
  try {
    const projects = under.target.projects.filter((project) => project.pullCredential !== undefined);
    const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: TIME_SCALE, checks: ['A4'] };
    const { results } = await runConformance({ ...under.target, harborUrl: front.url, projects }, options);
    expect(results).toEqual([
      expect.objectContaining({
        status: 'error',
        message: expect.stringMatching(/a wrong secret could not be tried: the token service returned 502/),
      }),
    ]);
  } finally {
    await front.close();
    await under.close();
  }
});
