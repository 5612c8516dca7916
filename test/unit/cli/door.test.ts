import { behindDoor } from '../../../src/cli/terminal/door';
import { MASK, SecretMask } from '../../../src/outside/secret-mask';
import type { Terminal } from '../../../src/cli/terminal/terminal';
import { paintFor } from '../../../src/app/render/paint';

const SECRET = 'S3cret-of-the-robot';

function terminal(colour: boolean): { said: string[]; door: Terminal } {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const inner = { out: say, err: say, clearLine: () => undefined, env: {}, cwd: '/', columns: 80 };
  return { said, door: behindDoor({ ...inner, colour, live: colour }, new SecretMask([SECRET])) };
}

it.each(['out', 'err'] as const)('masks and cleans what goes to %s', (stream) => {
  const { said, door } = terminal(false);
  door[stream](`FAIL B1: "\u001b[2J${encodeURIComponent(SECRET)}"\n::error::forged\n`);
  expect(said).toEqual([`FAIL B1: " [2J${MASK}"\n: :error::forged\n`]);
});

it('keeps our colors on a terminal that shows them, and nowhere else', () => {
  const text = paintFor(true)('red', 'wrong');
  for (const colour of [true, false]) {
    const { said, door } = terminal(colour);
    door.out(text);
    expect(said).toEqual([colour ? text : ' [31mwrong [0m']);
  }
});

it.each([2, undefined])('keeps a JSON document one (indented by %j)', (indent) => {
  const { said, door } = terminal(false);
  const value = {
    schemaVersion: 1,
    message: `##[error]\u2028${SECRET} "${SECRET}"`,
    [`of ${SECRET}`]: [1, true, null],
  };
  door.out(`${JSON.stringify(value, null, indent)}\n`);
  const expected = { schemaVersion: 1, message: `##[error]\u2028${MASK} "${MASK}"`, [`of ${MASK}`]: [1, true, null] };
  expect(JSON.parse(said[0]!)).toEqual(expected);
  expect(said[0]).not.toMatch(/##\[|\u2028/);
  expect(said[0]!.split('\n').length).toBe(`${JSON.stringify(value, null, indent)}\n`.split('\n').length);
});

it('keeps a JSON document one if a secret is a word of JSON', () => {
  const said: string[] = [];
  const inner: Terminal = { ...terminal(false).door, out: (text) => void said.push(text) };
  const value = { status: 'true story', ok: true, bytes: 12345678, other: '12345678' };
  behindDoor(inner, new SecretMask(['true', '12345678', 'status'])).out(JSON.stringify(value));
  expect(JSON.parse(said[0]!)).toEqual({ status: `${MASK} story`, ok: true, bytes: 12345678, other: MASK });
});
