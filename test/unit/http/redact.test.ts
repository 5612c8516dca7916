import { printable } from '../../../src/http/printable';
import { maskSecrets, redactUrl } from '../../../src/http/redact';

it.each([
  ['https://h.example/x?page=2&page_size=100&sort=id', 'https://h.example/x?page=2&page_size=100&sort=id'],
  ['https://bob:secret@h.example/x', 'https://h.example/x'],
  ['https://h.example/x?token=abc&page=1', 'https://h.example/x?token=REDACTED&page=1'],
  ['https://h.example/token?scope=repository:a/b:pull', 'https://h.example/token?scope=repository%3Aa%2Fb%3Apull'],
  ['not a url', '<unparseable URL>'],
])('shows %s as %s', (url, expected) => {
  expect(decodeURIComponent(redactUrl(url))).toBe(decodeURIComponent(expected));
});

it.each([
  ['token s3cret and s3cret again', ['s3cret'], 'token ***** and ***** again'],
  ['abcdef', ['abc', 'abcdef'], '*****'],
  ['a+b (regular) $&', ['a+b', '$&'], '***** (regular) *****'],
  ['nothing to hide', ['', 'other'], 'nothing to hide'],
])('masks %j', (text, secrets, expected) => {
  expect(maskSecrets(text, secrets)).toBe(expected);
});

it.each([
  ['two\r\nlines', 'two lines'],
  ['\u001b[31mred\u001b[0m', '[31mred [0m'],
  ['right\u202eto left', 'right to left'],
  ['  padded  ', 'padded'],
  ['Grüße, 世界', 'Grüße, 世界'],
])('makes %j one plain line', (text, expected) => {
  expect(printable(text, 100)).toBe(expected);
});

it('cuts what is too long', () => {
  expect(printable('123456789012', 10)).toBe('1234567890…');
});
