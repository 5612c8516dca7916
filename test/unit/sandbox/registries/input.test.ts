import { acceptUrl } from '../../../../src/sandbox/registries/input';

it.each([
  ['registry.example:5000', 'http://registry.example:5000'],
  ['  https://h/  ', 'https://h'],
  ['HTTPS://H/Path/', 'https://H/Path'],
  ['http://user:secret@h/a?b=c#d', 'http://h/a'],
  ['http://h/?b=c', 'http://h/'],
  ['http://h/a%20b', 'http://h/a b'],
  ['//h', 'http:////h'],
])('%s is stored as %s', (text, stored) => {
  expect(acceptUrl(text)).toBe(stored);
});

it.each([
  ['', 'empty string'],
  [' / ', 'empty string'],
  ['tcp://h', 'invalid HTTP scheme: tcp'],
  ['http://a b', 'invalid URL: parse "http://a b": invalid character " " in host name'],
  ['h:port', 'invalid URL: parse "http://h:port": invalid port ":port" after host'],
  ['http://h/%zz', 'invalid URL: parse "http://h/%zz": invalid URL escape "%zz"'],
])('%s is refused: %s', (text, message) => {
  expect(() => acceptUrl(text)).toThrow(message);
});
