import type { CheckResult } from '../../../../src/conformance/model/result';
import { UnansweredChecks } from '../../../../src/conformance/run/unanswered-checks';

const MESSAGE = 'HEAD https://h.test/v2/p/r/manifests/1: no response in time (UND_ERR_HEADERS_TIMEOUT)';

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

describe('UnansweredChecks', () => {
  it('is detected after two checks without a response', () => {
    const unanswered = new UnansweredChecks('h.test');
    unanswered.note(result('S1'));
    expect(unanswered.reasonToStop).toBeUndefined();
    unanswered.note(result('M1'));
    unanswered.note(result('M2'));
    expect(unanswered.reasonToStop).toBe('S1 and M1 got no response from Harbor');
  });

  it.each([
    ['an answer', result('M1', { answered: true })],
    ['a failure', result('M1', { status: 'fail' })],
    ['a broken connection', result('M1', { message: 'connection reset (ECONNRESET)' })],
    [
      'a mirror domain that does not respond',
      result('M1', { requests: [{ ...result('M1').requests[0]!, url: 'https://mirror.test/v2/' }] }),
    ],
    ['a check that was left out', result('M1', { requests: [] })],
  ])('is not detected after %s', (_name, other) => {
    const unanswered = new UnansweredChecks('h.test');
    unanswered.note(result('S1'));
    unanswered.note(other);
    expect(unanswered.reasonToStop).toBeUndefined();
  });
});
