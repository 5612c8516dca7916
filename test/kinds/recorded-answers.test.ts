import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRefs } from '../../src/reconcile/refs';
import { understand } from '../../src/reconcile/understand';
import { conform } from '../../src/shape';
import { kitted } from './kits';
import { damaged } from '../support/damaged';

const RECORDINGS = join(__dirname, '../fidelity/recordings');

/** Which kind reads which path, and what it adds to the answer before it understands it. */
const READERS = kitted.flatMap(({ kind, kit }) => (kit.recorded ? [{ kind, ...kit.recorded }] : []));

interface Recorded {
  readonly name: string;
  readonly body: unknown;
  readonly reader: (typeof READERS)[number];
}

function recordedAnswers(): Recorded[] {
  return readdirSync(RECORDINGS).flatMap((harbor) =>
    readdirSync(join(RECORDINGS, harbor)).flatMap((file) => {
      const { steps } = JSON.parse(readFileSync(join(RECORDINGS, harbor, file), 'utf8')) as {
        steps: { request?: { method: string; path: string }; response?: { status: number; body?: unknown } }[];
      };
      return steps.flatMap(({ request, response }): Recorded[] => {
        if (request?.method !== 'GET' || response?.status !== 200 || response.body == null) return [];
        const path = request.path
          .split('?')[0]!
          .replace('/api/v2.0', '')
          .replace(/\/(\$\{[^}]*\}|<[^>]*>|\d+)/g, '/<id>');
        const reader = READERS.find((one) => one.path.test(path));
        return reader
          ? [{ name: `${harbor}/${file} GET ${path}`, body: withoutPlaceholders(response.body), reader }]
          : [];
      });
    }),
  );
}

/** Ids are `<id>` and `${id}` in recordings. */
function withoutPlaceholders(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value: unknown) =>
    /^((project_|registry_|user_|entity_|provider_|role_)?id|ref|expires_at)$/.test(key) &&
    /^(<|\$\{)/.test(String(value))
      ? 7
      : value,
  );
}

function read({ reader: { kind, shape, extra = {} } }: Recorded, body: unknown) {
  const wires = (Array.isArray(body) ? body : [body]).map((item) => ({
    ...(conform(shape, item ?? []) as object),
    ...extra,
  }));
  const refs = createRefs();
  // Every registry and every project of the recordings is found by the id that stands for all of them.
  for (const known of ['registry', 'project', 'preheat-instance']) refs.learn(known, 'library', 7);
  return understand(kind, wires, refs);
}

const answers = recordedAnswers();

it('the recordings contain responses of most kinds', () => {
  expect(new Set(answers.map(({ reader }) => reader.kind.name)).size).toBeGreaterThan(14);
});

/** Recordings in which Harbor holds what no person would declare, and what is said of it. */
const ODD: Readonly<Record<string, RegExp>> = {
  'harbor-2.15.2/retention__odd-rules.json': /^rules\[0\]\./,
  'harbor-2.15.2/usergroups__types.json': /^group_type is missing$/,
  'harbor-2.15.2/users__profile-and-sysadmin.json': /^it is text, not an object$/,
};

it.each(answers.map((answer) => [answer.name, answer] as const))('%s is understood whole', (name, answer) => {
  const odd = ODD[name.split(' ')[0]!];
  const unexplained = read(answer, answer.body).unreadable.filter(({ reason }) => odd?.test(reason) !== true);
  expect(unexplained).toEqual([]);
});

it('has no odd recording that is understood', () => {
  const unreadable = answers.filter((answer) => read(answer, answer.body).unreadable.length > 0);
  const files = unreadable.map(({ name }) => name.split(' ')[0]);
  expect([...new Set(files)].sort()).toEqual(Object.keys(ODD).sort());
});

/** Words of an exception, not of a fault that was found. */
const CRASH = /undefined|Cannot read|not a function|not iterable/;

it.each(answers.map((answer) => [answer.name, answer] as const))(
  '%s: with any value in one field, every object is read or reported as unreadable',
  (_name, answer) => {
    const now = read(answer, answer.body);
    const whole = now.live.length + now.unreadable.length;
    // One comparison for all: an `expect` for each object takes longer than reading it.
    const problems = damaged(answer.body).flatMap(({ what, value }) => {
      const { live, unreadable } = read(answer, value);
      const count = live.length + unreadable.length;
      return [
        ...(count === whole ? [] : [`${what}: ${count} of ${whole} objects`]),
        ...unreadable.filter(({ reason }) => CRASH.test(reason)).map(({ reason }) => `${what}: ${reason}`),
        ...live
          .filter(({ identity, spec }) => typeof identity !== 'string' || typeof spec !== 'object')
          .map(({ identity }) => `${what}: ${String(identity)} is not an object with a name`),
      ];
    });
    expect(problems).toEqual([]);
  },
);
