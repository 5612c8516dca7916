import { runConformance, type CheckResult } from '../../src/conformance';
import { nginxMirror } from '../../src/mirror';
import { fixtureImage } from '../../src/upstream';
import { controlOf, SANDBOX_PASSWORD } from '../unit/conformance/sandbox-target';
import { describeWithNginx, startNginx, type RunningNginx } from './nginx';
import { Behind, PUBLIC_PROJECT } from './traefik/behind';

const HOSTNAME = '127.0.0.1';
const SHIELD = { revalidateSeconds: 60, staleSeconds: 600, upstreamTimeoutSeconds: 2 };

describeWithNginx('conformance of a shielded mirror, with a real nginx', () => {
  const running: RunningNginx[] = [];
  let behind: Behind;
  beforeAll(async () => {
    behind = await Behind.start();
    behind.upstream.put('library/outage', '1', fixtureImage('idx2'));
  });
  afterAll(async () => {
    await Promise.all(running.map(({ stop }) => stop()));
    await behind?.close();
  });

  async function start(shield: typeof SHIELD | undefined, change = (text: string) => text): Promise<string> {
    const { cert, key, ca } = behind.authority;
    const nginx = await startNginx((folder) => {
      const front = { harborUrl: behind.sandbox.url, certificates: folder, robots: folder, cache: folder };
      const mirror = { hostname: HOSTNAME, project: PUBLIC_PROJECT, way: 'token-redirect' } as const;
      return {
        'conf.d/mirror.conf': change(
          nginxMirror({ ...mirror, ...(shield && { shield }) }, { ...front, authorities: `${folder}/ca` }),
        ),
        [`${HOSTNAME}.crt`]: cert,
        [`${HOSTNAME}.key`]: key,
        ca,
      };
    });
    running.push(nginx);
    return `https://${HOSTNAME}:${nginx.port}`;
  }

  /** @param revalidateMs as it is declared; undefined: without a shield */
  async function play(ids: readonly string[], url: string, revalidateMs?: number): Promise<readonly CheckResult[]> {
    const project = {
      name: PUBLIC_PROJECT,
      public: true,
      proxy: true,
      images: ['library/outage:1'],
      platforms: ['linux/amd64', 'linux/arm64'],
      mirrors: [
        {
          url,
          serves: 'docker.io',
          ...(revalidateMs !== undefined && { shield: { revalidateMs, retryMs: 10_000 } }),
        },
      ],
      upstream: controlOf(behind.upstream),
    };
    const { results } = await runConformance(
      {
        harborUrl: behind.sandbox.url,
        ca: behind.authority.ca,
        apiCredential: { username: 'admin', password: () => SANDBOX_PASSWORD },
        projects: [project],
      },
      { tool: { name: 'test', version: '0' }, timeScale: 0.02, checks: [...ids], deep: true },
    );
    return results;
  }

  const outcomes = (results: readonly CheckResult[]): string[] => results.map(({ id, status }) => `${id} ${status}`);

  it.each(['S4a', 'S4b', 'S4c'])('%s is a known deviation of Harbor, and passes at the mirror', async (id) => {
    expect(outcomes(await play([id], await start(undefined)))).toEqual([`${id} known-deviation`]);
    const [result] = await play([id], await start(SHIELD), 60_000);
    expect([result?.message, result?.status]).toEqual([
      expect.stringMatching(/^at 127\.0\.0\.1:\d+: the same library\/outage:1 in \d+ ms\. At Harbor itself: /),
      'pass',
    ]);
  });

  it('passes D7 and D8, beyond the interval and until the tag has moved', async () => {
    const [d7, d8] = await play(['D7', 'D8'], await start({ ...SHIELD, revalidateSeconds: 2 }), 2_000);
    expect([d7?.status, d7?.message]).toEqual(['pass', expect.any(String)]);
    // On a machine that is busy with other things, D8 must not fail: it says that it cannot know.
    const known = ['pass', expect.stringMatching(/^serves tags while the upstream hangs, and picks up a moved tag/)];
    const unknown = ['error', expect.stringMatching(/, but this machine was too busy to measure that: /)];
    expect([d8?.status, d8?.message]).toEqual(d8?.status === 'error' ? unknown : known);
  }, 240_000);

  it('skips both if no shield is declared', async () => {
    expect(outcomes(await play(['D7', 'D8'], await start(undefined)))).toEqual(['D7 skip', 'D8 skip']);
  });

  it.each<[string, RegExp, (text: string) => string]>([
    [
      'a front that has no shield',
      /no X-Breakwater-Shield/,
      (text) => text.replaceAll(/.*X-Breakwater-Shield.*\n/g, ''),
    ],
    [
      'a front that answers everybody from memory',
      /a request with a credential was answered as/,
      (text) => text.replaceAll(/.*return 418.*\n/g, ''),
    ],
    [
      'a front that remembers what is missing',
      /a missing tag was served from the cache/,
      (text) =>
        text.replaceAll('proxy_cache_valid 200', 'proxy_cache_valid 200 404').replaceAll(/.*proxy_no_cache.*\n/g, ''),
    ],
  ])('D7 names %s', async (_, message, change) => {
    const [result] = await play(['D7'], await start(SHIELD, change), 60_000);
    expect([result?.status, result?.message]).toEqual(['fail', expect.stringMatching(message)]);
  });

  it('D8 names a front whose memory does not help in an outage', async () => {
    const url = await start({ ...SHIELD, revalidateSeconds: 2 }, (text) =>
      text.replaceAll(/.*proxy_cache_use_stale.*\n/g, ''),
    );
    const [result] = await play(['D8'], url, 2_000);
    expect([result?.status, result?.message]).toEqual([
      'fail',
      expect.stringMatching(/of 100 answers were not sha256/),
    ]);
  }, 60_000);
});
