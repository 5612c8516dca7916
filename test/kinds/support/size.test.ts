import fc from 'fast-check';
import { formatSize, MAX_SIZE_BYTES, parseSize, sizeProblem, sizeSchema } from '../../../src/kinds/support/size';

it('reads back what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_SIZE_BYTES }), (bytes) => parseSize(formatSize(bytes)) === bytes),
  );
});

it.each([
  [-1, 'unlimited'],
  [0, '0B'],
  [1000, '1000B'],
  [1024, '1KiB'],
  [500 * 1024 ** 3, '500GiB'],
  [1536 * 1024 ** 3, '1536GiB'],
  [MAX_SIZE_BYTES, '1PiB'],
])('%i is shown as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

it.each(['500GB', '500', '5 gib', '-1GiB', '1e3KiB', '', ' unlimited'])('%j is not a size', (text) => {
  expect(parseSize(text)).toBeNaN();
  expect(new RegExp(sizeSchema.oneOf[1].pattern).test(text)).toBe(false);
});

it.each([
  [-1, undefined],
  [1, undefined],
  [MAX_SIZE_BYTES, undefined],
  [MAX_SIZE_BYTES + 1, /at most 1PiB/],
  [0, /at least one byte/],
  [-2, /at least one byte/],
  [1.5, /whole number/],
  [NaN, /whole number/],
])('%d bytes as a limit: %s', (bytes, problem) => {
  const found = sizeProblem(bytes);
  if (problem === undefined) expect(found).toBeUndefined();
  else expect(found).toMatch(problem);
});
