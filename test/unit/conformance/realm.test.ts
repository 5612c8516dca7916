import { runConformance } from '../../../src/conformance';
import { startDouble } from '../oci/registry-double';

const REALM = 'https://harbor-internal.invalid/service/token';

it('finds a realm of another host to be the cause, and never that the front door did not answer', async () => {
  const front = await startDouble((_request, response) => {
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${REALM}",service="harbor-registry"` });
    response.end('{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized: unauthorized"}]}');
  });
  const project = { name: 'apps', public: true, proxy: false, images: ['app:1'], platforms: ['linux/amd64'] };
  const report = await runConformance(
    { harborUrl: front.url, projects: [project] },
    { tool: { name: 'breakwater', version: '0' }, checks: ['T4', 'A8', 'M1', 'M2'] },
  );
  await front.close();
  const bad = report.results.filter(({ status }) => status === 'fail' || status === 'error');
  expect(bad.map(({ id }) => id)).toEqual(expect.arrayContaining(['T4', 'M1', 'M2']));
  for (const { cause, message } of bad) {
    expect(cause).toMatchObject({ party: 'front door', words: expect.stringContaining(`sends clients to "${REALM}"`) });
    expect(message).not.toContain('not run');
  }
});
