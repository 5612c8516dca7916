import { NetworkError } from '../../../src/errors';
import { toNetworkError } from '../../../src/http/network-error';

const coded = (code: string, message = 'the cause', cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });
const URL = 'https://harbor.example.com/api/v2.0/projects';

describe('toNetworkError', () => {
  it.each([
    ['ECONNREFUSED', 'NETWORK_REFUSED', 'connection refused'],
    ['EHOSTUNREACH', 'NETWORK_REFUSED', 'cannot be reached'],
    ['ENOTFOUND', 'NETWORK_DNS', 'does not resolve'],
    ['EAI_AGAIN', 'NETWORK_DNS', 'does not resolve'],
    ['CERT_HAS_EXPIRED', 'NETWORK_TLS', 'expired or not valid yet'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'NETWORK_TLS', 'for another host name'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'NETWORK_TLS', 'not accepted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'NETWORK_TLS', 'not accepted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'NETWORK_TLS', 'did not respond with TLS'],
    ['UND_ERR_CONNECT_TIMEOUT', 'NETWORK_TIMEOUT', 'no response in time'],
    ['UND_ERR_HEADERS_TIMEOUT', 'NETWORK_TIMEOUT', 'no response in time'],
    ['ETIMEDOUT', 'NETWORK_TIMEOUT', 'no response in time'],
    ['UND_ERR_ABORTED', 'NETWORK_ABORTED', 'stopped'],
    ['ECONNRESET', 'NETWORK_RESET', 'the connection broke'],
    ['UND_ERR_SOCKET', 'NETWORK_RESET', 'the connection broke'],
    ['HPE_INVALID_CONSTANT', 'NETWORK_RESET', 'the connection broke'],
  ])('explains %s', (code, expected, words) => {
    const error = toNetworkError(coded(code), 'GET', URL);
    expect(error.code).toBe(expected);
    expect(error.message).toContain(`GET ${URL}: `);
    expect(error.message).toContain(words);
    expect(error.message).toContain(`(${code})`);
    expect(error.hint).toEqual(expect.any(String));
  });

  it('keeps the original message if it knows no better one', () => {
    const error = toNetworkError(new Error('something new'), 'PUT', URL);
    expect(error).toMatchObject({ code: 'NETWORK_OTHER', message: `PUT ${URL}: something new` });
  });

  it.each([
    ['causes', new Error('fetch failed', { cause: coded('ECONNREFUSED') })],
    ['several addresses', Object.assign(new AggregateError([coded('ECONNREFUSED')], 'all failed'), {})],
    ['another realm', { code: 'ECONNREFUSED', message: 'connect' }],
  ])('looks through %s', (_name, cause) => {
    expect(toNetworkError(cause, 'GET', URL).code).toBe('NETWORK_REFUSED');
  });

  it.each([undefined, null, 'text', 42])('survives %j being thrown', (thrown) => {
    expect(toNetworkError(thrown, 'GET', URL)).toBeInstanceOf(NetworkError);
  });

  it('keeps a network error unchanged', () => {
    const error = new NetworkError('x', 'NETWORK_REDIRECT', URL);
    expect(toNetworkError(error, 'GET', URL)).toBe(error);
  });

  it('does not show secrets of the URL', () => {
    const error = toNetworkError(coded('ECONNREFUSED'), 'GET', 'https://bob:hunter2@h.example/x?token=hunter3');
    expect(`${error.message} ${error.url}`).not.toMatch(/bob|hunter/);
  });
});

describe('whether it was sent, and whether another try may succeed', () => {
  it.each([
    ['ECONNREFUSED', 'never', true],
    ['ENOTFOUND', 'never', true],
    ['EAI_AGAIN', 'never', true],
    ['EHOSTUNREACH', 'never', true],
    ['UND_ERR_CONNECT_TIMEOUT', 'never', true],
    ['CERT_HAS_EXPIRED', 'never', false],
    ['ECONNRESET', 'maybe', true],
    ['UND_ERR_SOCKET', 'maybe', true],
    ['UND_ERR_HEADERS_TIMEOUT', 'maybe', true],
    ['ETIMEDOUT', 'maybe', true],
    ['SOMETHING_ELSE', 'maybe', false],
  ])('%s: %s, %s', (code, sent, temporary) => {
    expect(toNetworkError(coded(code), 'POST', URL)).toMatchObject({ sent, temporary });
  });
});
