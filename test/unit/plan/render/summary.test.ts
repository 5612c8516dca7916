import { NEVER_KNOWN, NOT_ASKED } from '../../../../src/plan/not-compared';
import type { NotCompared, Plan } from '../../../../src/plan/plan';
import { notComparedText, summaryText } from '../../../../src/plan/render/summary';
import { declare, plan } from '../../../support/declare';

const EMPTY = plan(declare({ box: [{ name: 'x' }] }), { box: [{ name: 'x' }] });
const planWith = (more: Partial<Plan>): Plan => ({ ...EMPTY, ...more });

describe('the summary', () => {
  const base = '1 to create, 2 to update, 3 to replace, 4 to delete; 5 unchanged';
  const counts = { create: 1, update: 2, replace: 3, delete: 4, unchanged: 5, left: 0, unmanaged: 0 };
  it.each<[string, Partial<Plan['summary']>, Partial<Plan>, string]>([
    ['counts every action', {}, {}, `${base}; 0 not declared`],
    ['counts what is left', { left: 6 }, {}, `${base}; 6 left as is; 0 not declared`],
    ['counts what could not be read', { unread: 7 }, {}, `${base}; 7 not readable; 0 not declared`],
    [
      'counts undeclared and accepted objects',
      { unmanaged: 8, accepted: 9 },
      {},
      `${base}; 8 not declared; 9 accepted`,
    ],
    [
      'counts adoptions',
      {},
      { adoptions: [{ address: 'box/x', changed: false }] },
      `${base}; 1 adopted; 0 not declared`,
    ],
    [
      'counts secrets',
      {},
      { notCompared: [{ address: 'box/x', field: 's', reason: 'r' }] },
      `${base}; 0 not declared; 1 not compared`,
    ],
  ])('%s', (_case, summary, more, expected) => {
    expect(summaryText(planWith({ summary: { ...counts, ...summary }, ...more }))).toBe(expected);
  });
});

describe('secrets that are not compared, in one line', () => {
  const secret = (address: string, reason = NEVER_KNOWN): NotCompared => ({ address, field: 'secret', reason });
  it.each<[string, NotCompared[], string | undefined]>([
    ['none', [], undefined],
    [
      'one',
      [secret('box/a')],
      'Not compared: 1 secret that Harbor never returns: box/a secret. To rewrite one: --rotate ADDRESS.',
    ],
    [
      'one that can be tested',
      [secret('box/a', NOT_ASKED), secret('box/b')],
      'Not compared: 2 secrets that Harbor never returns: box/a secret, box/b secret. To test: --prove-secrets. To rewrite one: --rotate ADDRESS.',
    ],
    [
      'one whose test failed',
      [secret('box/a', 'neither works')],
      'Not compared: 1 secret that Harbor never returns: box/a secret (neither works). To rewrite one: --rotate ADDRESS.',
    ],
  ])('%s', (_case, notCompared, expected) => {
    expect(notComparedText(planWith({ notCompared }))).toBe(expected);
  });

  it.each([
    [20, ''],
    [21, ' and 1 more (--format json lists all)'],
  ])('%i of them', (count, more) => {
    const notCompared = Array.from({ length: count }, (_, i) => secret(`box/${i}`));
    expect(notComparedText(planWith({ notCompared }))).toContain(`box/19 secret${more}. To rewrite`);
  });
});
