import {
  fail,
  failOn,
  knownDeviation,
  mergeImages,
  mergeOutcomes,
  pass,
  skip,
  error,
  type Outcome,
} from '../../../../src/conformance/model/outcome';

const DEVIATION = { title: 'known', link: 'https://example.com/1' };

describe('mergeOutcomes', () => {
  it.each<[string, Outcome[], Outcome['status']]>([
    ['a failure outweighs everything', [pass('p'), skip('s'), error('e'), fail('f')], 'fail'],
    ['an error outweighs a deviation', [knownDeviation(DEVIATION, 'd'), error('e')], 'error'],
    ['a deviation is not a pass', [pass('p'), knownDeviation(DEVIATION, 'd')], 'known-deviation'],
    ['a part that passed counts if another one was skipped', [skip('s'), pass('p')], 'pass'],
    ['all skipped is skipped', [skip('a'), skip('b')], 'skip'],
    ['nothing is skipped', [], 'skip'],
  ])('%s', (_what, outcomes, status) => {
    expect(mergeOutcomes(outcomes.map((outcome, at) => ({ part: `${at}`, outcome }))).status).toBe(status);
  });

  it('reports the worst first and labels evidence by part', () => {
    const merged = mergeOutcomes([
      { part: 'a', outcome: pass('fine', [{ label: 'bytes', value: '1' }]) },
      { part: 'b', outcome: knownDeviation(DEVIATION, 'odd') },
    ]);
    expect(merged).toEqual({
      status: 'known-deviation',
      message: 'b: odd (known)\na: fine',
      evidence: [{ label: 'a: bytes', value: '1' }],
      link: DEVIATION.link,
    });
  });

  it('keeps a single part unchanged', () =>
    expect(mergeOutcomes([{ part: 'a', outcome: pass('fine') }])).toEqual(pass('fine')));
});

describe('mergeImages', () => {
  it.each<[string, Outcome[], string | undefined]>([
    ['the one that failed', [pass('p'), fail('f'), error('e')], '1'],
    ['the only one', [pass('p')], '0'],
    ['none where two failed', [fail('f'), fail('f')], undefined],
    ['none where there is none', [], undefined],
  ])('names %s', (_what, outcomes, image) => {
    expect(mergeImages(outcomes.map((outcome, at) => ({ part: `${at}`, outcome }))).image).toBe(image);
  });
});

describe('failOn', () => {
  it('passes without problems and reports all of them otherwise', () => {
    expect(failOn([], 'fine')).toEqual(pass('fine'));
    expect(failOn(['a', 'b'], 'fine')).toEqual(fail('a; b'));
  });
});
