import type { PlainAnswer } from '../../../../src/oci';
import { judge as judgeCertificate } from '../../../../src/conformance/checks/t1-certificate';
import { judge as judgeHttp } from '../../../../src/conformance/checks/t2-https-only';
import { judge as judgeClock } from '../../../../src/conformance/checks/t3-clock';
import { judge as judgeSpeed } from '../../../../src/conformance/checks/b7-speed';

const NOW = Date.UTC(2026, 10, 21);
const DAY_MS = 24 * 3600 * 1000;
const GOOD = { protocol: 'TLSv1.3', subject: 'harbor', issuer: 'CA', notAfterMs: NOW + 90 * DAY_MS };

describe('T1', () => {
  it.each([
    ['good', {}, 'pass', /^TLSv1.3, 90 days left/],
    ['29 days', { notAfterMs: NOW + 29 * DAY_MS }, 'pass', /^warning: renew it soon: .*29 days left/],
    ['8 days', { notAfterMs: NOW + 8 * DAY_MS }, 'pass', /8 days left/],
    ['7 days', { notAfterMs: NOW + 7 * DAY_MS }, 'fail', /expires in 7 days/],
    ['expired', { notAfterMs: NOW - 2 * DAY_MS }, 'fail', /expired on \d{4}-\d\d-\d\d \d\d:\d\d UTC/],
    ['no date', { notAfterMs: NaN }, 'fail', /expires in NaN/],
    ['old TLS', { protocol: 'TLSv1.1' }, 'fail', /TLSv1.1 was negotiated/],
    ['chain', { chainProblem: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'fail', /the chain is refused: UNABLE_TO/],
    ['name', { nameProblem: 'not for harbor.example.com' }, 'fail', /not for harbor/],
  ])('%s', (_what, change, status, words) => {
    const outcome = judgeCertificate({ ...GOOD, ...change }, NOW);
    expect(outcome.status).toBe(status);
    expect(outcome.message).toMatch(words);
  });
});

describe('T2', () => {
  it.each([
    [308, 'https://harbor.example.com/v2/', 'pass'],
    [301, 'https://harbor.example.com/v2/', 'pass'],
    [200, undefined, 'fail'],
    [401, undefined, 'fail'],
    [404, undefined, 'pass'],
    [503, undefined, 'pass'],
    [302, 'http://harbor.example.com/login', 'fail'],
    [302, 'https://elsewhere.example.com/', 'fail'],
    [302, undefined, 'fail'],
  ])('%d to %s: %s', (status, location, expected) => {
    const answer = answered(status, location === undefined ? {} : { location });
    expect(judgeHttp('harbor.example.com', answer).status).toBe(expected);
  });

  it('is not fooled by a registry that has nothing at /v2/', () => {
    const answer = answered(404, { 'docker-distribution-api-version': 'registry/2.0' });
    expect(judgeHttp('harbor.example.com', answer)).toMatchObject({ status: 'fail' });
  });

  function answered(status: number, headers: Record<string, string>): PlainAnswer {
    return { status, headers, requestId: 'bw-1', body: Buffer.alloc(0), bytes: 0, durationMs: 1 };
  }
});

describe('T3', () => {
  const at = (offsetMs: number): string => new Date(NOW + offsetMs).toUTCString();
  it.each([
    [at(0), 'pass'],
    [at(-59_000), 'pass'],
    [at(60_000), 'pass'],
    [at(-63_000), 'fail'],
    [at(63_000), 'fail'],
    ['yesterday-ish', 'skip'],
    [undefined, 'skip'],
  ])('%s: %s', (date, expected) => {
    expect(judgeClock(date, NOW, NOW + 100).status).toBe(expected);
  });
});

describe('B7', () => {
  it.each([
    [100 << 20, 50, 2000, 'pass'],
    [100 << 20, 50, 200_000, 'fail'],
    [100 << 20, 31_000, 32_000, 'fail'],
    [1 << 20, 50, 10_000, 'pass'],
  ])('%d bytes, first after %d ms, all after %d ms: %s', (bytes, firstByteMs, durationMs, expected) => {
    expect(judgeSpeed(bytes, firstByteMs, durationMs).status).toBe(expected);
  });
});
