import { setTimeout as sleep } from 'node:timers/promises';
import { canaryControl, parseAddress, parseCanaryConfig, startCanary, type Canary } from '../../../src/canary';
import type { UpstreamMode } from '../../../src/conformance/model/target';

const TOKEN = 'a-token';

let canary: Canary;

afterEach(() => canary?.close());

async function start(recoverAfterMs?: number) {
  const control = { host: '127.0.0.1', port: 0, token: TOKEN };
  canary = await startCanary({
    host: '127.0.0.1',
    port: 0,
    control,
    ...(recoverAfterMs !== undefined && { recoverAfterMs }),
  });
  return canaryControl({ url: canary.controlUrl!, token: () => Promise.resolve(TOKEN) });
}

function manifest(path = 'breakwater/single/manifests/1'): Promise<Response> {
  return fetch(`${canary.url}/v2/${path}`);
}

describe('a canary', () => {
  it('serves the same bytes everywhere', async () => {
    await start();
    const names = ['single', 'docker', 'index', 'layers', 'large', 'zstd'];
    const digests = [];
    for (const name of names) {
      const answer = await manifest(`breakwater/${name}/manifests/1`);
      digests.push([name, answer.headers.get('docker-content-digest')]);
    }
    expect(digests).toMatchSnapshot();
  });

  it('has no control interface without configuration', async () => {
    canary = await startCanary({ host: '127.0.0.1', port: 0 });
    expect(canary.controlUrl).toBeUndefined();
    expect((await fetch(`${canary.url}/v1/command`, { method: 'POST', body: '{"op":"stop"}' })).status).toBe(404);
    expect((await manifest()).status).toBe(200);
  });

  it.each<[UpstreamMode, number, string | null]>([
    ['401', 401, null],
    ['403', 403, null],
    ['429', 429, null],
    ['429-retry-after', 429, '30'],
    ['500', 500, null],
    ['html', 200, null],
  ])('returns %s for everything on command, and stops on command', async (mode, status, retryAfter) => {
    const control = await start();
    await control.misbehave(mode);
    const answer = await manifest();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    await control.misbehave('ok');
    expect((await manifest()).headers.get('content-type')).toContain('manifest');
  });

  it('responds a second late on command', async () => {
    const control = await start();
    await control.misbehave('slow');
    const startedAt = performance.now();
    expect((await manifest()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(900);
  });

  it('publishes, moves, removes, stops, starts, and returns its log', async () => {
    const control = await start();
    await control.takeLog();
    const digests = [];
    for (const version of [1, 2, 1]) {
      await control.publish('breakwater/canary', 'x', version);
      digests.push((await manifest('breakwater/canary/manifests/x')).headers.get('docker-content-digest'));
    }
    expect(digests[0]).toBe(digests[2]);
    expect(digests[0]).not.toBe(digests[1]);
    await control.removeTag('breakwater/canary', 'x');
    expect((await manifest('breakwater/canary/manifests/x')).status).toBe(404);
    expect(await control.takeLog()).toEqual(Array(4).fill('GET /v2/breakwater/canary/manifests/x'));
    await control.stop();
    await expect(manifest()).rejects.toThrow();
    await control.start();
    expect((await manifest()).status).toBe(200);
  });

  it('resets itself if no further command comes', async () => {
    const control = await start(50);
    await control.misbehave('500');
    await control.stop();
    let status = 0;
    while (status !== 200) {
      await sleep(25);
      status = await manifest().then(
        (answer) => answer.status,
        () => 0,
      );
    }
  });
});

describe('the control of a canary', () => {
  const command = (body: string, authorization = `Bearer ${TOKEN}`) =>
    fetch(`${canary.controlUrl}/v1/command`, { method: 'POST', body, headers: { authorization } });

  it.each(['', 'Bearer ', 'Bearer wrong', `Basic ${TOKEN}`, TOKEN])('refuses %j', async (authorization) => {
    await start();
    expect((await command('{"op":"mode","mode":"500"}', authorization)).status).toBe(401);
    expect((await manifest()).status).toBe(200);
  });

  it.each([
    'no JSON',
    'null',
    '{"op":"close"}',
    '{"op":"auth","auth":"a:b"}',
    '{"op":"mode","mode":"evil"}',
    '{"op":"publish","repository":"../x","tag":"1","version":1}',
    '{"op":"publish","repository":"x","tag":"1","version":"1"}',
    `{"op":"mode","mode":"${'x'.repeat(20_000)}"}`,
  ])('ignores %.60s', async (body) => {
    await start();
    expect((await command(body)).status).toBe(400);
  });
});

describe('the configuration of a canary', () => {
  it('is read', () => {
    expect(parseCanaryConfig('listen: "[::]:5000"')).toEqual({ listen: '[::]:5000' });
    expect(parseAddress('[::]:5000')).toEqual({ host: '::', port: 5000 });
  });

  it.each([
    ['{', /not valid YAML/],
    ['{}', /at the top: .*listen/],
    ['listen: 5000', /listen: must be string/],
    ['{ listen: "a:1", control: { listen: "a:2" } }', /control: .*token/],
    ['{ listen: "a:1", control: { listen: "a:2", token: hunter2 } }', /control\.token: must be object$/],
    ['{ listen: "a:1", port: 1 }', /at the top/],
  ])('is refused if it is %j', (yaml, words) => {
    expect(() => parseCanaryConfig(yaml)).toThrow(words);
  });

  it('names an existing port', () => {
    expect(() => parseAddress('a:70000')).toThrow('host:port');
  });
});
