import { redactUrl } from '../../../src/http/redact';

it.each([
  ['https://h.example/x?page=2&page_size=100&sort=id', 'https://h.example/x?page=2&page_size=100&sort=id'],
  ['https://bob:secret@h.example/x', 'https://h.example/x'],
  ['https://h.example/x?token=abc&page=1', 'https://h.example/x?token=REDACTED&page=1'],
  ['https://h.example/token?scope=repository:a/b:pull', 'https://h.example/token?scope=repository%3Aa%2Fb%3Apull'],
  ['not a url', '<unparseable URL>'],
])('shows %s as %s', (url, expected) => {
  expect(decodeURIComponent(redactUrl(url))).toBe(decodeURIComponent(expected));
});
