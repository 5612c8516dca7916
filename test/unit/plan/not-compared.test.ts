import type { SecretProof } from '../../../src/kinds/kind';
import { NEVER_KNOWN, NOT_ASKED, OPTED_OUT, notComparedSecrets } from '../../../src/plan/not-compared';
import type { Change } from '../../../src/plan/plan';
import type { Declared, World } from '../../../src/plan/world';

type Provable = 'always' | 'on-request' | undefined;

/** `shelf/a` with one declared secret, which is in Harbor unless said otherwise. */
interface Given {
  readonly isLive?: boolean;
  readonly spec?: object;
}

function worldWith(provable: Provable, { isLive = true, spec = { secret: { env: 'S' } } }: Given = {}): World {
  const rules = { writeOnly: [{ field: 'secret', with: [], why: '', provable }] };
  const declared = { address: 'shelf/a', spec, rules } as unknown as Declared;
  return {
    ranks: new Map(),
    missing: [],
    renames: new Map(),
    declared: new Map([['shelf/a', declared]]),
    found: new Map(isLive ? [['shelf/a', {} as never]] : []),
  };
}

const writes = (path: string): Change => ({ address: 'shelf/a', fields: [{ path }] }) as unknown as Change;
const proof = (given: object): ReadonlyMap<string, SecretProof> => new Map([['shelf/a', given as SecretProof]]);

describe('why a declared secret is not compared', () => {
  it.each<[string, Provable, object | undefined, string | undefined]>([
    ['no API call can verify it', undefined, undefined, NEVER_KNOWN],
    ['it was not tested, because that was turned off', 'always', undefined, OPTED_OUT],
    ['it was not tested, because that was not requested', 'on-request', undefined, NOT_ASKED],
    ['it is compared: the stored one works', 'on-request', { outcome: 'works' }, undefined],
    ['it is compared: it is the same', 'always', { outcome: 'same' }, undefined],
    ['the test was not possible', 'always', { outcome: 'unverifiable', reason: 'no right' }, 'no right'],
    [
      'the stored one does not work',
      'on-request',
      { outcome: 'dead', why: 'x' },
      'the stored secret does not work, and this plan does not change it',
    ],
    ['a result of a secret that no call can verify does not count', undefined, { outcome: 'works' }, NEVER_KNOWN],
  ])('%s', (_case, provable, given, reason) => {
    const found = notComparedSecrets(worldWith(provable), [], [], given && proof(given));
    expect(found.map((one) => one.reason)).toEqual(reason === undefined ? [] : [reason]);
  });

  it('marks one that was tested without success', () => {
    const broken = { outcome: 'unverifiable', reason: 'neither works', broken: true };
    expect(notComparedSecrets(worldWith('always'), [], [], proof(broken))).toEqual([
      { address: 'shelf/a', field: 'secret', reason: 'neither works', broken: true },
    ]);
  });
});

describe('secrets that are not listed', () => {
  it.each<[string, World, readonly Change[], readonly string[], number]>([
    ['listed: nothing writes it', worldWith(undefined), [], [], 1],
    ['listed: another field is written', worldWith(undefined), [writes('url')], [], 1],
    ['not listed: it is written anyway', worldWith(undefined), [writes('secret')], [], 0],
    ['not listed: its object does not exist yet', worldWith(undefined, { isLive: false }), [], [], 0],
    ['not listed: it is not declared', worldWith(undefined, { spec: {} }), [], [], 0],
    ['not listed: --target names others', worldWith(undefined), [], ['shelf/b'], 0],
    ['listed: --target names it', worldWith(undefined), [], ['shelf/b', 'shelf/a'], 1],
  ])('%s', (_case, world, changes, targets, count) => {
    expect(notComparedSecrets(world, changes, targets)).toHaveLength(count);
  });
});
