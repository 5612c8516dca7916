import type { CheckResult } from '../../../src/conformance/result';
import { Silence } from '../../../src/conformance/silence';

const MESSAGE = 'HEAD https://h.test/v2/p/r/manifests/1: no answer in time (UND_ERR_HEADERS_TIMEOUT)';

function result(id: string, of: Partial<CheckResult> & { answered?: boolean } = {}): CheckResult {
  const { answered = false, ...rest } = of;
  const request = {
    id: 'bw-1',
    method: 'HEAD',
    url: 'https://h.test/v2/p/r/manifests/1',
    durationMs: 60_000,
    bytes: 0,
  };
  const requests = [{ ...request, ...(answered ? { status: 200 } : { error: MESSAGE }) }];
  return {
    id,
    title: id,
    status: 'error',
    message: MESSAGE,
    evidence: [],
    startedAfterMs: 0,
    durationMs: 60_000,
    requests,
    ...rest,
  };
}

describe('Silence', () => {
  it('is told by two checks that waited in vain, and by no more of them', () => {
    const silence = new Silence();
    silence.note(result('S1'));
    expect(silence.words).toBeUndefined();
    silence.note(result('M1'));
    silence.note(result('M2'));
    expect(silence.words).toBe('S1 and M1 waited for Harbor in vain');
  });

  it.each([
    ['an answer', result('M1', { answered: true })],
    ['a failure', result('M1', { status: 'fail' })],
    ['a broken connection', result('M1', { message: 'connection reset (ECONNRESET)' })],
    ['a check that was left out', result('M1', { requests: [] })],
  ])('is not told by %s', (_name, other) => {
    const silence = new Silence();
    silence.note(result('S1'));
    silence.note(other);
    expect(silence.words).toBeUndefined();
  });
});
