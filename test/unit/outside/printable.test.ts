import { harmlessJson, printable, withoutCommands, withoutControls } from '../../../src/outside/printable';

it.each([
  ['two\r\nlines', 'two lines'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['\u009b31mred', '31mred'],
  ['right\u202eto left', 'right to left'],
  ['one\u2028two', 'one two'],
  ['  padded  ', 'padded'],
  ['Grüße, 世界', 'Grüße, 世界'],
])('makes %j one plain line', (text, expected) => {
  expect(printable(text, 100)).toBe(expected);
});

it('cuts what is too long', () => {
  expect(printable('123456789012', 10)).toBe('1234567890…');
});

it.each([
  ['a\nb\tc\r\nd', false, 'a\nb\tc\nd'],
  ['progress\rforged', false, 'progress forged'],
  ['\u001b[31mred\u001b[0m', false, ' [31mred [0m'],
  ['\u001b[31mred\u001b[0m', true, '\u001b[31mred\u001b[0m'],
  ['\u001b[2J\u001b]0;title\u0007\u001b[31mred', true, ' [2J ]0;title \u001b[31mred'],
  ['\u0085\u009b1A', true, '  1A'],
])('removes control sequences from %j (styled: %j)', (text, styled, expected) => {
  expect(withoutControls(text, styled)).toBe(expected);
});

it.each([
  ['::error::forged', ': :error::forged'],
  ['fine\n  ::set-output name=a::b', 'fine\n  : :set-output name=a::b'],
  ['FAIL B1: ##[error]forged', 'FAIL B1: # #[error]forged'],
  ['x ##vso[task.setvariable]y', 'x # #vso[task.setvariable]y'],
  ["##teamcity[message text='x']", "# #teamcity[message text='x']"],
  ['## A title, a::b and [a link]', '## A title, a::b and [a link]'],
])('leaves no control sequence in %j', (text, expected) => {
  expect(withoutCommands(text)).toBe(expected);
});

it('prints the same in JSON without commands', () => {
  const value = { message: '##[error] \u009b1A \u2028 \u202e', other: 'Grüße' };
  const json = harmlessJson(JSON.stringify(value));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).not.toMatch(/##\[|[\u0080-\u009f\u2028\u202e]/);
});
