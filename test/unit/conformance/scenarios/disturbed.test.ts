import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import {
  runConformance,
  type CheckResult,
  type ConformanceTarget,
  type UpstreamControl,
} from '../../../../src/conformance';
import { judge } from '../../../../src/conformance/scenarios/s13-connection-limit';
import type { PlainAnswer } from '../../../../src/oci';
import { image } from '../../../../src/upstream';
import { Front, type Intercept } from '../../../verdicts/front';
import { openStage, statusOfUpstream, type Stage } from './stage';

// What another run, Harbor's background copies, a slow machine, a proxy or a repeated request does is not Harbor's fault.
jest.setTimeout(120_000);

let stage: Stage;
let front: Front | undefined;
afterEach(() => Promise.all([stage.close(), front?.close()]));

function controlled(change: (upstream: UpstreamControl) => Partial<UpstreamControl>): ConformanceTarget {
  const [project] = stage.target.projects;
  const upstream = project!.upstream!;
  return { ...stage.target, projects: [{ ...project!, upstream: { ...upstream, ...change(upstream) } }] };
}

/** The scenario behind a proxy that answers some requests itself. */
async function behind(id: string, intercept: Intercept, target = stage.target): Promise<CheckResult> {
  front = await Front.start();
  front.target = stage.sandbox.url;
  front.intercept = intercept;
  return stage.play(id, { ...target, harborUrl: front.url });
}

const say =
  (status: number, isSo: (incoming: IncomingMessage) => boolean): Intercept =>
  (incoming, response) => {
    if (!isSo(incoming)) return false;
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>');
    return true;
  };

/** Harbor notices an upstream that is gone for a moment, and then that it is back. */
async function untilHarborCalls(status: string): Promise<void> {
  while ((await statusOfUpstream(stage.sandbox)) !== status) await sleep(20);
}

describe('Harbor marks the upstream unhealthy during a scenario, and healthy again before its end', () => {
  it('the scenario is repeated', async () => {
    stage = await openStage();
    let isFirst = true;
    const target = controlled((upstream) => ({
      misbehave: async (mode) => {
        if (mode !== 'ok' && isFirst) {
          await upstream.stop();
          await untilHarborCalls('unhealthy');
          await upstream.start();
        }
        await upstream.misbehave(mode);
        if (mode !== 'ok' || !isFirst) return;
        isFirst = false;
        await untilHarborCalls('healthy');
      },
    }));
    const result = await stage.play('S7', target);
    expect(result).toMatchObject({ status: 'pass', message: '200 for the cached tag, 429 for the other' });
  });

  it('is not known to an identity that may not read it: Harbor then serves no new image', async () => {
    stage = await openStage();
    const isOfStatus = ({ url = '' }: IncomingMessage): boolean => /\/registries\//.test(url);
    const target = controlled((upstream) => ({
      misbehave: async (mode) => {
        if (mode !== 'ok') {
          await upstream.stop();
          await untilHarborCalls('unhealthy');
        }
        await upstream.misbehave(mode);
      },
    }));
    const result = await behind('S7', say(403, isOfStatus), target);
    expect(result).toMatchObject({ status: 'skip', message: expect.stringMatching(/404 for every new image/) });
    await stage.upstream.start();
  });
});

it('S4b waits for a second check, because other registries may delay the first', async () => {
  stage = await openStage();
  let stoppedAt = Infinity;
  const target = controlled((upstream) => ({
    stop: async () => {
      await upstream.stop();
      stoppedAt = performance.now();
    },
  }));
  front = await Front.start();
  front.target = stage.sandbox.url;
  front.intercept = ({ url = '' }, response) => {
    // At this pace the first check is due within 6.6 s, and the second one 6 s later.
    if (!/\/registries\/\d+$/.test(url) || performance.now() < stoppedAt || performance.now() > stoppedAt + 8_000)
      return false;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":1,"status":"healthy"}');
    return true;
  };
  const options = { tool: { name: 'breakwater', version: '0.0.0' }, timeScale: 0.02, checks: ['S4b'], deep: true };
  const { results } = await runConformance({ ...target, harborUrl: front.url }, options);
  expect(results[0]).toMatchObject({ status: 'pass' });
});

describe('the log of the upstream', () => {
  it('S9 counts no blob of another image', async () => {
    stage = await openStage({ timeScale: 0.05 });
    const other = `GET /v2/breakwater/canary/blobs/sha256:${'a'.repeat(64)}`;
    const target = controlled((upstream) => ({
      takeLog: async () => [...(await upstream.takeLog()), ...Array.from({ length: 50 }, () => other)],
    }));
    expect(await stage.play('S9', target)).toMatchObject({ status: 'known-deviation' });
  });

  describe('S9, a blob that was fetched 22 times for ten clients', () => {
    const often = (upstream: UpstreamControl): Partial<UpstreamControl> => ({
      takeLog: async () => {
        const log = await upstream.takeLog();
        const blobs = [...new Set(log.filter((line) => /^GET .*\/blobs\//.test(line)))];
        return blobs.flatMap((line) => Array.from({ length: 22 }, () => line));
      },
    });

    it('fails', async () => {
      stage = await openStage({ timeScale: 0.05 });
      const result = await behind('S9', () => false, controlled(often));
      expect(result).toMatchObject({
        status: 'fail',
        message: '10 clients, and a blob was fetched 22 times from upstream',
      });
    });

    it('does not if a proxy limited its requests, so that one was repeated', async () => {
      stage = await openStage({ timeScale: 0.05 });
      const refused = new Set<string>();
      const limit = say(429, ({ url = '' }) => url.includes('/blobs/') && !refused.has(url) && !!refused.add(url));
      expect(await behind('S9', limit, controlled(often))).toMatchObject({ status: 'known-deviation' });
    });
  });

  it('S2 accuses Harbor of another download only if that is repeated', async () => {
    stage = await openStage();
    let takes = 0;
    const config = /^GET .*\/blobs\//;
    let blobs: string[] = [];
    const once = controlled((upstream) => ({
      takeLog: async () => {
        const log = await upstream.takeLog();
        blobs = blobs.length > 0 ? blobs : log.filter((line) => config.test(line));
        // The first pull, its caching, before the second pull, after it.
        takes += 1;
        return takes === 4 ? [...log, ...blobs] : log;
      },
    }));
    expect(await stage.play('S2', once)).toMatchObject({ status: 'pass' });
  });

  it('S2 fails if it is', async () => {
    stage = await openStage();
    let blobs: string[] = [];
    const always = controlled((upstream) => ({
      takeLog: async () => {
        const log = await upstream.takeLog();
        blobs = blobs.length > 0 ? blobs : log.filter((line) => /^GET .*\/blobs\//.test(line));
        return [...log, ...blobs];
      },
    }));
    expect(await stage.play('S2', always)).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(/^fetched again from upstream/),
    });
  });

  const twice = (upstream: UpstreamControl): Partial<UpstreamControl> => ({
    takeLog: async () => {
      const log = await upstream.takeLog();
      return [...log, ...log.filter((line) => /^GET .*\/blobs\//.test(line))];
    },
  });

  it('S1 does not count where another project pulls from the same repository', async () => {
    stage = await openStage();
    const target = controlled(twice);
    const other = { ...target.projects[0]!, name: 'other', images: ['library/single:2'] };
    const { results } = await runConformance(
      { ...target, projects: [...target.projects, other] },
      {
        tool: { name: 'breakwater', version: '0.0.0' },
        timeScale: 0.05,
        checks: ['S1'],
        again: [{ id: 'S1', project: 'proxy' }],
      },
    );
    expect(results).toMatchObject([{ project: 'proxy', status: 'pass' }]);
  });

  it('S1 does not count if Harbor stored the image so late that it fetched it once more', async () => {
    stage = await openStage();
    const startedAt = performance.now();
    // Harbor fetches by itself after 200 s: ten seconds here.
    const result = await behind(
      'S1',
      (incoming, response) => {
        if (!(incoming.url ?? '').includes('/artifacts/') || performance.now() - startedAt > 11_000) return false;
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{"errors":[{"code":"NOT_FOUND","message":"artifact not found"}]}');
        return true;
      },
      controlled(twice),
    );
    expect(result).toMatchObject({ status: 'pass', message: 'pulled right, then cached' });
  });
});

describe('a proxy in front', () => {
  it('S7 does not take its limit for the one of the upstream', async () => {
    stage = await openStage();
    const result = await behind(
      'S7',
      say(429, ({ url = '' }) => url.includes('/manifests/refused-cold-')),
    );
    expect(result).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/^what Harbor serves is not known: 429/),
    });
  });

  it('S3 does not take its failure for an image that is gone', async () => {
    stage = await openStage();
    let version = 0;
    const target = controlled((upstream) => ({
      publish: (repository, tag, next) => upstream.publish(repository, tag, (version = next)),
    }));
    let first = '';
    const result = await behind(
      'S3',
      say(503, ({ url = '' }) => {
        const [digest = ''] = /sha256:\w+$/.exec(url) ?? [];
        if (version === 1 && url.includes('/manifests/')) first ||= digest;
        return version === 2 && digest !== '' && digest === first;
      }),
      target,
    );
    expect(result).toMatchObject({ status: 'error', message: expect.stringMatching(/is not known: 503/) });
  });

  it.each([429, 502])('S8 does not take a %i for a poisoned cache', async (status) => {
    stage = await openStage();
    const heads = new Map<string, number>();
    const result = await behind(
      'S8',
      say(status, ({ url = '', method = '' }) => {
        const [tag = ''] = /manifests\/wrongblob-\w+$/.exec(url) ?? [];
        if (tag === '' || method !== 'HEAD') return false;
        heads.set(tag, (heads.get(tag) ?? 0) + 1);
        // The lie, the next pull, and then the one from the cache.
        return heads.get(tag)! > 2;
      }),
    );
    expect(result).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/^after wrong bytes it is not known whether the cache is right: HEAD/),
    });
  });

  it('S10 does not take its failure for a wrong pull', async () => {
    stage = await openStage();
    const result = await behind(
      'S10',
      say(503, ({ url = '', method = '' }) => method === 'HEAD' && url.includes('/manifests/dropped-')),
    );
    expect(result).toMatchObject({
      status: 'error',
      message: expect.stringMatching(/^whether the next pull is correct/),
    });
  });
});

describe('S13, pulls that did not run at the same time', () => {
  const answer = (status: number, body = '{}', headers: Record<string, string> = {}): PlainAnswer => ({
    status,
    headers,
    body: Buffer.from(body),
    requestId: 'bw-1',
    bytes: body.length,
    durationMs: 1,
  });
  const after = { status: 200, requestId: 'bw-2', contentType: 'application/json', body: Buffer.alloc(0) };
  const harbors = '{"errors":[{"code":"TOO_MANY_REQUEST","message":"too many requests to upstream registry"}]}';
  const crowd = (answers: readonly PlainAnswer[], everyMs: number, ownDelayMs = 0) => ({
    pulls: answers.map((one, at) => ({ answer: one, atMs: 1_000 + at * everyMs })),
    ownDelayMs,
    after,
  });
  const all = Array.from({ length: 6 }, () => answer(200));

  it.each<[string, Parameters<typeof judge>[1], string, RegExp]>([
    ['all together', crowd(all, 10), 'fail', /all of 6 parallel pulls were served/],
    ['two at a time', crowd(all, 500), 'error', /no more than 2 reached the upstream at the same time/],
    ['together after a delay of this machine', crowd(all, 10, 990), 'error', /no more than 2 reached/],
    [
      'from the storage of Harbor',
      crowd(
        all.map(() => answer(200, '{}', { 'docker-distribution-api-version': 'registry/2.0' })),
        10,
      ),
      'error',
      /no more than 2 reached/,
    ],
    ['limited by a proxy', crowd([answer(200), answer(429, '<html>')], 10), 'error', /a proxy in front returned 429/],
    ['a failure of a proxy', crowd([answer(200), answer(502, '')], 10), 'error', /a proxy in front returned 502/],
    ['limited by Harbor', crowd([answer(200), answer(429, harbors)], 10), 'pass', /^1 served, 1 refused/],
    ['all refused', crowd([answer(429, harbors), answer(429, harbors)], 10), 'fail', /none of 2 parallel pulls/],
  ])('%s', (_what, pulls, status, words) => {
    expect(judge(2, pulls)).toMatchObject({ status, message: expect.stringMatching(words) });
  });
});

it('B7 measures once more: other pulls of the run may have slowed down the first', async () => {
  stage = await openStage();
  stage.upstream.put('library/single', '1', image({ seed: 'large', sizeBytes: 9 << 20 }));
  let isFirst = true;
  const result = await behind('B7', (incoming, response) => {
    if (!isFirst || !(incoming.url ?? '').includes('/blobs/') || incoming.headers.authorization === undefined)
      return false;
    isFirst = false;
    setTimeout(() => stage.sandbox.server.emit('request', incoming, response), 10_000);
    return true;
  });
  expect(result).toMatchObject({ status: 'pass' });
  expect(result.requests.some(({ durationMs }) => durationMs > 9_000)).toBe(true);
});
