import type { KindRules } from '../../../src/kinds/kind';
import type { Change } from '../../../src/plan/plan';
import { recreatedLately, recreatedWarnings } from '../../../src/plan/recreated';

const AFTERMATH = { days: 7, effect: 'the cache stores no index' };
const kinds = [
  { name: 'cache', recreated: ({ proxy }: { proxy?: boolean }) => (proxy ? AFTERMATH : undefined) },
  { name: 'plain' },
] as unknown as readonly KindRules[];

const change = (action: Change['action'], kind = 'cache', desired: object | undefined = { proxy: true }): Change =>
  ({ action, kind, address: `${kind}/a`, desired }) as Change;

describe('an object that is replaced', () => {
  it.each<[string, Change, readonly string[]]>([
    ['has an aftermath', change('replace'), ['for 7 days the cache stores no index']],
    ['has none with other settings', change('replace', 'cache', { proxy: false }), []],
    ['has none if its kind has none', change('replace', 'plain'), []],
    ['has none if it is updated', change('update'), []],
    ['has none if it is only created', change('create'), []],
    ['has none if it is deleted for good', change('delete', 'cache', undefined), []],
  ])('%s', (_case, one, expected) => {
    expect(recreatedWarnings([one], kinds).map(({ message }) => message)).toEqual(expected);
  });

  it('is one warning each', () => {
    expect(recreatedWarnings([change('replace'), change('create'), change('replace')], kinds)).toHaveLength(2);
  });
});

describe('an object that is created under the name of a deleted one', () => {
  const DELETED = { by: 'alice', at: '2026-11-20T12:00:00Z' };
  const at = (text: string): number => Date.parse(text);

  it.each<[string, Change, string, boolean]>([
    ['a day later', change('create'), '2026-11-21T12:00:00Z', true],
    ['a moment before it ends', change('create'), '2026-11-27T11:59:59Z', true],
    ['when it has ended', change('create'), '2026-11-27T12:00:00Z', false],
    ['but without an aftermath', change('create', 'plain'), '2026-11-21T12:00:00Z', false],
    ['but is replaced, which has its own warning', change('replace'), '2026-11-21T12:00:00Z', false],
  ])('%s', (_case, one, now, warned) => {
    const expected = {
      address: 'cache/a',
      message: 'one of this name was deleted on 2026-11-20; until 2026-11-27 the cache stores no index',
    };
    expect(recreatedLately(one, DELETED, kinds, at(now))).toEqual(warned ? [expected] : []);
  });

  it('is not warned about if the time of the deletion cannot be read', () => {
    expect(recreatedLately(change('create'), { by: 'alice', at: 'lately' }, kinds, at('2026-11-21T12:00:00Z'))).toEqual(
      [],
    );
  });
});
