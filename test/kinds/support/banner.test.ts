import fc from 'fast-check';
import { configuration } from '../../../src/kinds/configuration';
import {
  bannerFromText,
  bannerToText,
  checkBanner,
  normaliseBanner,
  type Banner,
} from '../../../src/kinds/support/banner';

/** Any, except halves of a pair. `unit: 'binary'` is the same, but fast-check needs a second to build it. */
const character = fc
  .integer({ min: 0, max: 0x10_ffff })
  .filter((code) => code < 0xd8_00 || code > 0xdf_ff)
  .map((code) => String.fromCodePoint(code));

const banner = fc.record(
  {
    message: fc.string({ minLength: 1, unit: character }),
    type: fc.constantFrom('info', 'success', 'warning', 'danger'),
    closable: fc.boolean(),
    from: fc.constant('2026-12-01'),
    to: fc.constant('2026-12-31'),
  },
  { requiredKeys: ['message'] },
);
const toSpec = (value: object) => configuration.placements[0]!.toSpec(value as never, []);
const place = (spec: object) =>
  configuration.placements[0]!.fromSpec(spec as never, { secret: () => ({ env: 'X' }), facts: {} })?.value;

it('reads back what it writes, with any quotes in the message', () => {
  fc.assert(
    fc.property(banner, (one) => {
      expect(bannerFromText(bannerToText(one))).toEqual({ type: 'info', closable: false, ...one });
    }),
  );
});

it('writes the JSON that the portal reads', () => {
  const written = bannerToText({ message: 'a "quoted" word', from: '2026-12-01', to: '2026-12-31' });
  expect(JSON.parse(written)).toEqual({
    message: 'a "quoted" word',
    type: 'info',
    closable: false,
    fromDate: '12/01/2026',
    toDate: '12/31/2026',
  });
});

it.each([
  '',
  'plain words',
  '{ maintenance }',
  '{"message":""}',
  '{"message":"x","type":"loud"}',
  '{"message":"x","closable":"yes"}',
  '{"message":"x","fromDate":"2026-12-01T00:00:00.000Z"}',
  '{"message":"x","more":1}',
])('keeps %j unchanged', (text) => {
  expect(bannerFromText(text)).toBeUndefined();
  expect(normaliseBanner(text)).toBe(text);
});

it('has one spelling', () => {
  const other = '{"closable":false,"type":"info","message":"x","toDate":"12/31/2026","fromDate":""}';
  expect(normaliseBanner(other)).toBe(bannerToText({ message: 'x', to: '2026-12-31' }));
  expect(configuration.normalise({ banner_message: other })).toEqual({ banner_message: normaliseBanner(other) });
});

it('is in the configuration as declared', () => {
  const declared: Banner = { message: 'Down on "Sunday"', type: 'warning', closable: true, to: '2026-12-31' };
  const spec = toSpec({ banner: declared });
  expect(spec).toEqual({ banner_message: bannerToText(declared) });
  expect(place(spec)).toEqual({ banner: declared });
  expect(place({ banner_message: 'plain words' })).toEqual({ banner_message: 'plain words' });
});

it.each([
  [{ banner: { message: 'x', from: '2026-12-31', to: '2026-12-01' } }, ['banner.to']],
  [{ banner: { message: 'x', from: '2026-12-01', to: '2026-12-01' } }, []],
  [{ banner: { message: 'x' }, banner_message: 'y' }, ['banner']],
  [{ banner_message: 'y' }, []],
])('check of %j: %j', (value, fields) => {
  const found = configuration.check!(toSpec(value), { declared: () => undefined });
  expect(found.map(({ field }) => field)).toEqual(fields);
  expect(checkBanner('y')).toEqual([]);
});
