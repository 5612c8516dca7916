import { hasFeature, HARBOR_FEATURES } from '../../../src/conformance';

it.each([
  ['v2.15.2', 'localOnNotFound', true],
  ['2.15.1', 'localOnNotFound', true],
  ['v2.15.0', 'localOnNotFound', false],
  ['v2.14.4-7b1a9a4f', 'limitsUpstreamConnections', true],
  ['v2.14', 'limitsUpstreamConnections', false],
  ['v2.9.5', 'proxiedReferrers', false],
  ['v2.16.0', 'proxiedReferrers', true],
  ['v3.0.0', 'blobHeaders', true],
  ['v2.13.5', 'forgetsWhatIsGone', false],
  ['v2.14.0', 'forgetsWhatIsGone', true],
  ['v2.15.0', 'forgetsWhatIsGone', true],
  ['v2.15.1', 'forgetsWhatIsGone', false],
  [undefined, 'blobHeaders', undefined],
  ['main', 'blobHeaders', undefined],
] as const)('%s, %s: %s', (version, feature, expected) => {
  expect(hasFeature(version, feature)).toBe(expected);
});

const LASTING = HARBOR_FEATURES.filter((feature) => feature !== 'forgetsWhatIsGone');

it.each(LASTING)('%s came after 2.13 and before 2.17', (feature) => {
  expect([hasFeature('2.13.0', feature), hasFeature('2.17.0', feature)]).toEqual([false, true]);
});
