import { shownValue } from '../../../../src/conformance';
import { SecretMask } from '../../../../src/outside/secret-mask';

const MASK = new SecretMask(['a-secret-of-a-robot']);

it('shows lines in a message and one line elsewhere, also for the same text', () => {
  const text = 'no login\nas a-secret-of-a-robot';
  const shown = shownValue({ title: text, message: text, again: [text, { message: text }] }, MASK);
  expect(shown.message).toMatch(/^no login\nas /);
  expect(shown.title).not.toContain('\n');
  expect(shown.again).toEqual([shown.title, { message: shown.message }]);
  expect(JSON.stringify(shown)).not.toContain('a-secret');
});
