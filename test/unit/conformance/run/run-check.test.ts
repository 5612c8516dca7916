import { error, fail, knownDeviation, pass, skip, type Outcome } from '../../../../src/conformance/model/outcome';
import { check } from '../../../../src/conformance/checks/m1-head-by-tag';
import { runCheck } from '../../../../src/conformance/run/run-check';

const DEVIATION = { title: 'a deviation', link: 'https://github.com/goharbor/harbor/issues/1' };

/** What is reported when the run ends just before the check says what it found. */
async function endedWith(found: () => Outcome): Promise<string> {
  const stopping = new AbortController();
  const result = await runCheck({ check, runStartedAt: 0, signal: stopping.signal }, async () => {
    stopping.abort('SIGTERM');
    return found();
  });
  return `${result.status}: ${result.message}`;
}

describe('a check during which the run ends', () => {
  it.each<[string, () => Outcome]>([
    ['a failure, which its own cut requests may have caused', () => fail('the connection was lost')],
    ['a known deviation', () => knownDeviation(DEVIATION, 'nothing in 60 s')],
    ['an error', () => error('no response')],
    [
      'an exception',
      () => {
        throw new Error('This operation was aborted');
      },
    ],
  ])('was interrupted instead of %s', async (_what, found) => {
    expect(await endedWith(found)).toBe('error: interrupted: SIGTERM');
  });

  it.each<[string, () => Outcome, string]>([
    ['a pass', () => pass('right'), 'pass: right'],
    ['a skip', () => skip('not declared'), 'skip: not declared'],
  ])('keeps %s', async (_what, found, expected) => {
    expect(await endedWith(found)).toBe(expected);
  });
});
