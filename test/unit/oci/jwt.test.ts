import { readTokenAccess } from '../../../src/oci';

function jwt(claims: unknown): string {
  return ['{}', JSON.stringify(claims), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.');
}

describe('readTokenAccess', () => {
  const entry = { type: 'repository', name: 'p/r', actions: ['pull'] };

  it.each([
    ['a list', jwt({ access: [entry] }), [entry]],
    ['no list: nothing is granted', jwt({}), []],
    ['a null list, as Go writes an empty one', jwt({ access: null }), []],
    ['entries that are none', jwt({ access: [entry, null, { name: 5 }] }), [entry]],
    ['an invalid list', jwt({ access: 'all' }), undefined],
    ['not a JWT', 'opaque', undefined],
    ['not JSON inside', 'a.!!!.c', undefined],
    ['nothing', '', undefined],
  ])('%s', (_what, token, expected) => expect(readTokenAccess(token)).toEqual(expected));
});
