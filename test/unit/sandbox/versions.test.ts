import { featuresOf, supportedVersion } from '../../../src/sandbox/versions';

it.each([
  ['v2.13.5', 'oldAdapters', true],
  ['v2.14.0', 'oldAdapters', false],
  ['v2.13.5', 'maxUpstreamConn', false],
  ['v2.14.4', 'maxUpstreamConn', true],
  ['v2.14.4', 'registryCertificate', false],
  ['v2.15.0', 'registryCertificate', true],
  ['v2.15.0', 'localOnNotFound', false],
  ['v2.15.0', 'forgetsWhatIsGone', true],
  ['v2.15.1', 'localOnNotFound', true],
  ['v2.15.1', 'forgetsWhatIsGone', false],
  ['v2.13.5', 'namesEveryRequest', false],
  ['v2.14.3', 'namesEveryRequest', false],
  ['v2.14.4', 'namesEveryRequest', true],
  ['v2.15.0', 'namesEveryRequest', false],
  ['v2.15.1', 'namesEveryRequest', true],
  ['v2.15.2', 'repositoryFilter', false],
  ['v2.16.0', 'repositoryFilter', true],
  ['2.16', 'blobHeaders', true],
  ['v2.16.0-c50c7ddd', 'blobHeaders', true],
  ['v3.0.0', 'gcDeletesTags', true],
] as const)('Harbor %s, %s: %s', (version, feature, expected) => {
  expect(featuresOf(version)[feature]).toBe(expected);
});

it.each([
  ['2.13', 'v2.13.5'],
  ['v2.14', 'v2.14.4'],
  ['2.15', 'v2.15.2'],
  ['2.15.0', 'v2.15.0'],
  ['v2.15.1', 'v2.15.1'],
  ['2.16', 'v2.16.0'],
  ['2.12.4', undefined],
  ['2.17', undefined],
  ['latest', undefined],
  ['', undefined],
])('%j is %s', (text, expected) => {
  expect(supportedVersion(text)).toBe(expected);
});
