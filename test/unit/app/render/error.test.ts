import { describeError, errorAs, errorAsJson } from '../../../../src/app/render/error';
import {
  ApplyError,
  DeclarationError,
  HarborApiError,
  NetworkError,
  PlanRefusedError,
  SecretError,
  UsageError,
} from '../../../../src/errors';

describe('an error', () => {
  const api = (more: object) =>
    new HarborApiError('POST /projects: 500', { method: 'POST', url: 'u', status: 500, requestId: 'r-1', ...more });

  it.each<[string, unknown, string[]]>([
    [
      'with a hint',
      new UsageError('no such rule', 'did you mean HP001?'),
      ['no such rule', 'hint: did you mean HP001?'],
    ],
    ['of the network', new NetworkError('GET u: refused', 'NETWORK_REFUSED', 'u', 'is it up?'), ['hint: is it up?']],
    ['of Harbor', api({ harborCode: 'UNKNOWN' }), ["hint: Harbor's log has details: request id r-1"]],
    ['perhaps of another server', api({}), ['hint: check that the URL is a Harbor; if it is']],
    ['of a Harbor that restarts', api({ status: 503 }), ['breakwater health --wait 10m', 'request id r-1']],
    ['of a proxy before it', api({ status: 502, requestId: undefined }), ['breakwater health --wait 10m']],
    ['of a limit', api({ status: 429 }), ['hint: Harbor or the proxy in front of it limits requests']],
    ['of a variable', new SecretError('X is not set', 'SECRET_UNSET'), ['hint: set it', 'breakwater doctor']],
    ['of the guard', new PlanRefusedError('refused', [{ rule: 'x', message: 'm', hint: 'a' }]), ['hint: [x] m — a']],
    ['that is ours', new TypeError('x is undefined'), ['error: x is undefined', 'This is a bug in Breakwater']],
    ['that is none', 'thrown text', ['error: thrown text']],
  ])('%s', (_case, error, parts) => {
    const text = describeError(error, false);
    for (const part of parts) expect(text).toContain(part);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('of a full disk is not a bug in Breakwater', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const text = describeError(full, false);
    expect(text).toContain('this machine has no space left on its disk');
    expect(text).toContain('hint: free space');
    expect(text).not.toContain('bug');
  });

  it('contains the findings in a comment, also those that the terminal has shown', () => {
    const at = { file: 'policies/a.yaml', line: 3, column: 5 } as never;
    const finding = { rule: 'unknown-key', severity: 'error', message: 'projects.x: unknown key', at } as const;
    const error = new DeclarationError('policies has errors', [finding], true);
    expect(describeError(error, false)).not.toContain('unknown key');
    expect(errorAs('markdown', error)).toContain('unknown key');
  });

  it('shows its cause only with --verbose', () => {
    const error = new ApplyError('it failed', 'project/p', { cause: new Error('the disk is full') });
    expect(describeError(error, false)).not.toContain('the disk is full');
    expect(describeError(error, true)).toContain('cause: the disk is full');
  });

  it.each([
    [new UsageError('no', 'hint'), { code: 'USAGE', message: 'no', hints: ['hint'] }],
    [new Error('ours'), { code: 'INTERNAL', message: 'ours' }],
  ])('is one document for programs: %s', (error, expected) => {
    expect(JSON.parse(errorAsJson(error))).toEqual({ schemaVersion: 1, error: expected });
  });
});
