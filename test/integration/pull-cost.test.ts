import { join } from 'node:path';
import { runConformance, type ProjectTarget } from '../../src/conformance';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { fixtureImage, startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { createProxyProject } from './harbor-api';
import { describeWithRealParts, skopeo, temporaryFolder } from './real-parts';

describeWithRealParts('what proving an image costs Harbor, beside skopeo', () => {
  const folder = temporaryFolder();
  let asked: string[] = [];
  let upstream: FixtureUpstream;
  let sandbox: Sandbox;

  beforeAll(async () => {
    upstream = await startFixtureUpstream();
    upstream.put('library/single', '1', fixtureImage('a'));
    upstream.put('library/multi', '1', fixtureImage('idx'));
    sandbox = await startSandbox({
      timeScale: 0.02,
      onRequest: ({ method, target }) => asked.push(`${method} ${target}`),
    });
    await createProxyProject(sandbox, 'proxy', { url: upstream.url });
  });
  afterAll(async () => {
    await Promise.all([sandbox?.close(), upstream?.close()]);
    folder.remove();
  });

  /** The requests for the registry and its tokens while something is done. */
  async function costOf(work: () => Promise<unknown>): Promise<string[]> {
    asked = [];
    await work();
    return asked.filter((line) => / \/(v2|service)\//.test(line));
  }

  it.each(['single', 'multi'])('is one request more at most: %s', async (name) => {
    const source = `docker://127.0.0.1:${sandbox.port}/proxy/library/${name}:1`;
    const copy = ['copy', '--preserve-digests', '--src-tls-verify=false', '--src-no-creds', '--override-arch', 'amd64'];
    const theirs = await costOf(() => skopeo(...copy, source, `oci:${join(folder.path, name)}`));
    const project: ProjectTarget = {
      name: 'proxy',
      public: true,
      proxy: true,
      images: [`library/${name}:1`],
      platforms: ['linux/amd64'],
    };
    const ours = await costOf(async () => {
      const target = { harborUrl: sandbox.url, projects: [project] };
      const { summary } = await runConformance(target, { tool: { name: 'test', version: '0' }, checks: ['M7', 'B1'] });
      expect(summary).toMatchObject({ pass: 2, fail: 0, error: 0, skip: 0 });
    });
    expect(theirs.length).toBeGreaterThan(3);
    expect(ours.length).toBeLessThanOrEqual(theirs.length + 1);
  });
});
