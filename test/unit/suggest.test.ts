import { didYouMean, suggest } from '../../src/suggest';

const KEYS = ['proxy_speed_kb', 'public', 'prevent_vul', 'severity', 'registry', 'retention', 'robots'];

describe('suggest', () => {
  it.each([
    ['proxy_sped_kb', 'proxy_speed_kb'],
    ['proxySpeedKb', 'proxy_speed_kb'],
    ['proxy-speed-kb', 'proxy_speed_kb'],
    ['Public', 'public'],
    ['pulbic', 'public'],
    ['serverity', 'severity'],
    ['regsitry', 'registry'],
    ['registries', 'registry'],
    ['xyz', undefined],
    ['', undefined],
    ['5', undefined],
    ['re', undefined],
    ['prevent', 'prevent_vul'],
    ['pre', 'prevent_vul'],
    ['proxy_speed_kbps', 'proxy_speed_kb'],
  ])('%j means %j', (word, meant) => {
    expect(suggest(word, KEYS)).toBe(meant);
  });

  it('takes the nearest, and of equals the first', () => {
    expect(suggest('retentoin', ['detention', 'retention'])).toBe('retention');
    expect(suggest('abc', ['abd', 'abe'])).toBe('abd');
  });

  it('does not compare very long text', () => {
    expect(suggest('x'.repeat(1_000_000), ['x'.repeat(1_000_000)])).toBe('x'.repeat(1_000_000));
  });

  it('words it as a question', () => {
    expect(didYouMean('pulbic', KEYS)).toBe('did you mean "public"?');
    expect(didYouMean('xyz', KEYS)).toBeUndefined();
  });
});
