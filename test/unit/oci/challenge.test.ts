import { bearerChallenge, parseChallenges } from '../../../src/oci';

describe('parseChallenges', () => {
  it.each<[string, string | string[] | undefined, [string, Record<string, string>][]]>([
    ['nothing', undefined, []],
    ['an empty header, as Harbor sends for unknown projects', '', []],
    [
      'a challenge of Harbor',
      'Bearer realm="https://h/service/token",service="harbor-registry",scope="repository:p/r:pull"',
      [['bearer', { realm: 'https://h/service/token', service: 'harbor-registry', scope: 'repository:p/r:pull' }]],
    ],
    ['Basic', 'Basic realm="harbor"', [['basic', { realm: 'harbor' }]]],
    [
      'a comma in a quoted scope',
      'Bearer scope="a:pull,push",realm="r"',
      [['bearer', { scope: 'a:pull,push', realm: 'r' }]],
    ],
    ['a space in a quoted scope', 'Bearer scope="a:pull b:pull"', [['bearer', { scope: 'a:pull b:pull' }]]],
    ['spaces around = and ,', 'Bearer  realm = "r" ,\tservice = s', [['bearer', { realm: 'r', service: 's' }]]],
    ['escaped quotes', 'Bearer realm="a\\"b\\\\c"', [['bearer', { realm: 'a"b\\c' }]]],
    ['bare values', 'bearer realm=http://h/token,service=s', [['bearer', { realm: 'http://h/token', service: 's' }]]],
    ['names in any case', 'BEARER Realm="r"', [['bearer', { realm: 'r' }]]],
    [
      'two challenges in a line',
      'Basic realm="a", Bearer realm="b"',
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
    [
      'two headers',
      ['Basic realm="a"', 'Bearer realm="b"'],
      [
        ['basic', { realm: 'a' }],
        ['bearer', { realm: 'b' }],
      ],
    ],
    ['a scheme alone', 'Negotiate', [['negotiate', {}]]],
    [
      'a scheme alone before another',
      'Negotiate, Basic realm="a"',
      [
        ['negotiate', {}],
        ['basic', { realm: 'a' }],
      ],
    ],
    [
      'a token68',
      'NTLM abc==, Bearer realm="b"',
      [
        ['ntlm', {}],
        ['bearer', { realm: 'b' }],
      ],
    ],
    ['an empty list item', ', ,Bearer realm="b",,', [['bearer', { realm: 'b' }]]],
    ['the first of two equal names', 'Bearer realm="a",realm="b"', [['bearer', { realm: 'a' }]]],
    ['an empty value', 'Bearer realm="",service="s"', [['bearer', { realm: '', service: 's' }]]],
    ['an open quote', 'Bearer realm="never ends', [['bearer', {}]]],
    ['a value that is missing', 'Bearer realm=', [['bearer', {}]]],
    ['a parameter without a scheme', '="x"', []],
    [
      'a name of Object.prototype',
      'Bearer __proto__="x",constructor="y"',
      [['bearer', { ['__proto__']: 'x', constructor: 'y' }]],
    ],
  ])('%s', (_what, header, expected) => {
    const found = parseChallenges(header).map(({ scheme, params }) => [scheme, Object.entries(params)]);
    expect(found).toEqual(expected.map(([scheme, params]) => [scheme, Object.entries(params)]));
  });

  it.each([
    ['quotes', 'Bearer realm="' + '\\'.repeat(200_000)],
    ['tokens', 'a '.repeat(100_000)],
    ['equals', `Bearer ${'='.repeat(200_000)}`],
    ['commas', ','.repeat(200_000)],
  ])('a header of many %s is read in no time', (_what, header) => {
    const startedAt = performance.now();
    parseChallenges(header);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('bearerChallenge', () => {
  it('finds the usable one', () => {
    expect(bearerChallenge('Basic realm="a", Bearer service="s", Bearer realm="b"')?.params['realm']).toBe('b');
  });
  it.each([undefined, '', 'Basic realm="harbor"', 'Bearer service="s"'])('finds none in %j', (header) => {
    expect(bearerChallenge(header)).toBeUndefined();
  });
});
