import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderJson } from '../../src/plan/render/json';
import { renderMarkdown } from '../../src/plan/render/markdown';
import { renderText } from '../../src/plan/render/text';
import { declare, plan } from '../support/declare';

/** 2026-11-21. */
const NOW_S = Date.UTC(2026, 10, 21) / 1_000;

/** Every action, a secret, a list, a map, what travels along, what comes silently, and a name that tries to break out. */
const mixed = plan(
  declare(
    {
      shelf: [
        { name: 'new', url: 'https://new', login: { user: 'bot', secret: { env: 'NEW_SECRET' } }, marks: { a: '1' } },
        { name: 'moved', url: 'https://b', login: { user: 'bot', secret: { command: ['vault', 'read', 'path'] } } },
        { name: 'marked', marks: { kept: '1', 'dotted.key': '2' } },
      ],
      box: [
        { name: 'fresh', shelf: 'new', open: true },
        { name: 'remade', shelf: 'moved', open: false },
        { name: 'tagged', tags: ['a', 'b', 'd'] },
        { name: 'odd\u001b[31m`@team`\u202e<b>#1', open: true },
      ],
      limit: [
        { box: 'fresh', bytes: 1024 },
        { box: 'tagged', bytes: 2048 },
      ],
      tidy: [{ box: 'fresh', days: 30 }],
    },
    { prune: ['shelf'] },
  ),
  {
    shelf: [
      { name: 'moved', url: 'https://a', login: { user: 'bot' } },
      { name: 'marked', marks: { kept: '1', gone: '3' } },
      { name: 'old', url: 'https://old' },
      { name: 'other' },
    ],
    box: [
      { name: 'remade', shelf: 'other', open: false },
      { name: 'tagged', tags: ['b', 'c', 'd'] },
      { name: 'stray', facts: { things: 3 } },
    ],
    limit: [{ box: 'tagged', bytes: 4096 }],
    label: [{ box: 'remade', name: 'by-hand' }],
  },
  { mode: 'sync' },
);
const empty = plan(declare({ box: [{ name: 'x' }] }), { box: [{ name: 'x' }], shelf: [{ name: 's' }] });
const refused = plan(
  declare({ shelf: [{ name: 's' }], box: [{ name: 'x', shelf: 's' }] }, { protect: ['box/x'] }),
  { shelf: [{ name: 's' }, { name: 't' }], box: [{ name: 'x', shelf: 't', facts: { things: 2 } }] },
);

/** Secrets of which nobody knows anything, kinds that are out of reach, and what ends soon. */
const beyond = plan(
  declare({
    shelf: Array.from({ length: 6 }, (_, n) => ({ name: `s${n}`, login: { secret: { env: `S${n}` } } })),
    box: [{ name: 'ended' }, { name: 'ending' }, { name: 'lasting' }],
  }),
  {
    shelf: Array.from({ length: 6 }, (_, n) => ({ name: `s${n}` })),
    box: [
      { name: 'ended', facts: { ends: NOW_S - 1 } },
      { name: 'ending', facts: { ends: NOW_S + 12 * 86_400 } },
      { name: 'lasting', facts: { ends: NOW_S + 400 * 86_400 } },
    ],
  },
  {
    rotate: ['shelf/s5'],
    expiry: { nowMs: NOW_S * 1_000, days: 30 },
    access: [
      {
        kind: 'shelf',
        read: { may: 'robot' },
        create: { may: 'nobody', missing: 'shelf:create' },
        update: { may: 'nobody', missing: 'a user who is system administrator' },
        remove: { may: 'nobody', missing: 'shelf:delete' },
      },
    ],
  },
);

/** A name that changes, one that has changed, and what Harbor had before anybody declared it. */
const written = declare({
  shelf: [{ name: 'moved', url: 'https://a' }, { name: 'arrived' }, { name: 'alike' }],
  box: [{ name: 'crate', shelf: 'moved', open: true }],
});
const former: Readonly<Record<string, string>> = { 'shelf/moved': 'old', 'shelf/arrived': 'gone' };
const owned = plan(
  {
    ...written,
    objects: written.objects.map((object) => {
      const renamedFrom = former[object.address];
      return renamedFrom === undefined ? object : { ...object, renamedFrom };
    }),
  },
  {
    shelf: [{ name: 'old', url: 'https://a' }, { name: 'arrived' }, { name: 'alike' }],
    box: [{ name: 'crate', shelf: 'old', open: false }],
  },
  { base: new Map(['shelf/old', 'shelf/arrived'].map((address) => [address, {}])) },
);

/** `UPDATE_GOLDEN=1 npx jest test/golden` writes them again; read the difference before committing it. */
function expectGolden(name: string, text: string): void {
  const file = join(__dirname, name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(existsSync(file)).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

describe.each([
  ['mixed', mixed],
  ['empty', empty],
  ['refused', refused],
  ['owned', owned],
  ['beyond', beyond],
])('the plan "%s"', (name, made) => {
  it.each([
    ['txt', renderText(made)],
    ['json', renderJson(made)],
    ['md', renderMarkdown(made)],
  ])('is unchanged in %s', (extension, text) => {
    expectGolden(`plan-${name}.${extension}`, text);
  });
});
