import { declare, plan } from '../../support/declare';

const DAY_S = 86_400;
const NOW_S = Date.UTC(2026, 10, 21) / 1_000;

function warnings(endsS: number, days: number, desired: object = { name: 'x' }): string[] {
  const found = { box: [{ name: 'x', open: true, facts: { ends: endsS } }] };
  const expiry = { nowMs: NOW_S * 1_000, days };
  return plan(declare({ box: [desired] }), found, { expiry }).warnings.map(({ message }) => message);
}

it.each<[what: string, endsS: number, days: number, said: string[]]>([
  ['has ended', NOW_S - 1, 30, ['EXPIRED on 2026-11-20, every login with it is refused: make it again']],
  ['ends this very moment', NOW_S, 30, ['EXPIRED on 2026-11-21, every login with it is refused: make it again']],
  ['ends today', NOW_S + 60, 30, ['expires on 2026-11-21, in less than a day: make it again']],
  ['ends tomorrow', NOW_S + DAY_S, 30, ['expires on 2026-11-22, in 1 day: make it again']],
  ['ends within the days', NOW_S + 30 * DAY_S - 1, 30, ['expires on 2026-12-20, in 29 days: make it again']],
  ['ends after them', NOW_S + 30 * DAY_S, 30, []],
  ['has ended, and the warning is turned off', NOW_S - 1, 0, []],
])('what %s', (_what, endsS, days, said) => {
  expect(warnings(endsS, days)).toEqual(said);
});

it.each([
  ['whole life is before it', 30, 0],
  ['half of its life is before it', 15, 0],
  ['last third begins', 10, 1],
])('what lives thirty days, when its %s', (_what, left, count) => {
  const found = { box: [{ name: 'x', open: true, facts: { ends: NOW_S + left * DAY_S, life: 30 * DAY_S } }] };
  const made = plan(declare({ box: [{ name: 'x' }] }), found, { expiry: { nowMs: NOW_S * 1_000, days: 30 } });
  expect(made.warnings).toHaveLength(count);
});

it('is not reported if the plan changes the expiry', () => {
  expect(warnings(NOW_S - 1, 30, { name: 'x', open: false })).toEqual([]);
  expect(warnings(NOW_S - 1, 30, { name: 'x', open: true })).toHaveLength(1);
});
