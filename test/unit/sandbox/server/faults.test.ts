import fastify, { type FastifyInstance } from 'fastify';
import { FaultSpecError, parseFaultSpec } from '../../../../src/sandbox/server/fault-spec';
import { installFaults } from '../../../../src/sandbox/server/faults';

describe('parseFaultSpec', () => {
  it('reads an effect with all its options', () => {
    const { effect, filter } = parseFaultSpec(
      '429:path=/api/v2.0/projects*,method=POST|put,after=3,times=1,probability=0.5,seed=7,retry-after=2',
    );
    expect(effect).toEqual({ kind: 'status', status: 429, retryAfterS: 2 });
    expect(filter).toMatchObject({ methods: ['POST', 'PUT'], after: 3, times: 1, probability: 0.5, seed: 7 });
  });

  it.each([
    ['latency=250', { kind: 'latency', delayMs: 250 }],
    ['reset', { kind: 'reset' }],
    ['html', { kind: 'html' }],
    ['truncated', { kind: 'truncated' }],
    ['answer-lost', { kind: 'answer-lost' }],
    ['503', { kind: 'status', status: 503 }],
    ['500-after-effect', { kind: 'status-after-effect', status: 500 }],
  ])('%s', (text, effect) => {
    expect(parseFaultSpec(text).effect).toEqual(effect);
  });

  it.each([
    ['*', '/anything/at/all', true],
    ['/api/v2.0/projects', '/api/v2.0/projects', true],
    ['/api/v2.0/projects', '/api/v2.0/projects/1', false],
    ['/api/v2.0/projects*', '/api/v2.0/projects/1/members', true],
    ['/v2/*/manifests/*', '/v2/a/b/manifests/1', true],
    ['/api/v2.0/x', '/api/v2x0/x', false],
  ])('path=%s and %s: %s', (glob, path, matches) => {
    expect(parseFaultSpec(`500:path=${glob}`).filter.path.test(path)).toBe(matches);
  });

  it.each([
    ['explode', /unknown effect "explode"; known: latency=MS, reset/],
    ['200', /unknown effect "200"/],
    ['', /unknown effect ""/],
    ['latency', /latency needs a whole number, as in latency=3/],
    ['latency=soon', /not "soon"/],
    ['reset=1', /reset takes no value/],
    ['500:methods=GET', /unknown option "methods"; did you mean method\?/],
    ['500:times', /times needs a value/],
    ['500:after=-1', /after needs a whole number/],
    ['500:probability=2', /probability needs a number from 0 to 1, not "2"/],
  ])('refuses %j', (text, message) => {
    expect(() => parseFaultSpec(text)).toThrow(FaultSpecError);
    expect(() => parseFaultSpec(text)).toThrow(message);
  });
});

describe('installFaults', () => {
  let app: FastifyInstance;
  let url: string;
  let created: number;

  async function start(...specifications: string[]): Promise<void> {
    app = fastify({ forceCloseConnections: true });
    installFaults(app, specifications);
    created = 0;
    app.get('/things', () => ({ things: ['one', 'two', 'three'] }));
    app.post('/things', (_request, reply) => {
      created++;
      return reply.code(201).header('location', '/things/1').send();
    });
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  }
  afterEach(() => app.close());

  const get = () => fetch(`${url}/things`);
  const post = () => fetch(`${url}/things`, { method: 'POST' });

  async function statuses(requests: number): Promise<number[]> {
    const answers: number[] = [];
    for (let n = 0; n < requests; n++) answers.push((await get()).status);
    return answers;
  }

  it('returns a status instead of having the effect, as often as requested', async () => {
    await start('500:method=POST,times=1');
    expect([(await post()).status, created]).toEqual([500, 0]);
    expect([(await post()).status, created]).toEqual([201, 1]);
    expect((await get()).status).toBe(200);
  });

  it('lets the first ones pass', async () => {
    await start('503:after=2,times=1');
    expect(await statuses(4)).toEqual([200, 200, 503, 200]);
  });

  it('applies with the given probability, the same way for the same seed', async () => {
    await start('503:probability=0.5,seed=42');
    const first = await statuses(20);
    await app.close();
    await start('503:probability=0.5,seed=42');
    expect(await statuses(20)).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 503]));
  });

  it('sends Retry-After only on request', async () => {
    await start('429:retry-after=7,times=1', '429');
    expect((await get()).headers.get('retry-after')).toBe('7');
    expect((await get()).headers.get('retry-after')).toBeNull();
  });

  it('delays', async () => {
    await start('latency=120');
    const began = Date.now();
    expect((await get()).status).toBe(200);
    expect(Date.now() - began).toBeGreaterThanOrEqual(115);
  });

  it('resets before the effect', async () => {
    await start('reset:method=POST');
    await expect(post()).rejects.toThrow();
    expect(created).toBe(0);
  });

  it('loses the answer after the effect', async () => {
    await start('answer-lost:method=POST');
    await expect(post()).rejects.toThrow();
    expect(created).toBe(1);
  });

  it('returns 502 after the effect, without its Location', async () => {
    await start('502-after-effect:method=POST');
    const answer = await post();
    expect([answer.status, answer.headers.get('location'), created]).toEqual([502, null, 1]);
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'UNKNOWN' }] });
  });

  it('cuts JSON in half without the transport noticing', async () => {
    await start('truncated');
    const answer = await get();
    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toThrow(/JSON/);
  });

  it('returns a login page with 200', async () => {
    await start('html');
    const answer = await get();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('refuses a wrong specification before anything listens', () => {
    expect(() => installFaults(fastify(), ['nonsense'])).toThrow(FaultSpecError);
  });
});
