import {
  rehearse,
  type RetentionCandidate,
  type RetentionRule,
} from '../../../../src/conformance/harbor-api/retention';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const DAY = 24 * 60 * 60_000;
const PULLED_YESTERDAY: RetentionCandidate = {
  repository: 'library/alpine',
  tags: ['3.20'],
  pulledAtMs: NOW - DAY,
  pushedAtMs: NOW - 30 * DAY,
};

function rule(template: string, days?: number, tags = '**', repositories = '**'): RetentionRule {
  return {
    template,
    params: days === undefined ? {} : { [template]: days },
    tag_selectors: [{ decoration: 'matches', pattern: tags, extras: '{"untagged":true}' }],
    scope_selectors: { repository: [{ decoration: 'repoMatches', pattern: repositories }] },
  };
}

it.each<[string, RetentionRule[], object]>([
  [
    'what Harbor gives a proxy project',
    [rule('nDaysSinceLastPull', 7)],
    { verdict: 'kept', by: 'nDaysSinceLastPull 7' },
  ],
  ['any rule that keeps it', [rule('nDaysSinceLastPush', 7), rule('always')], { verdict: 'kept', by: 'always' }],
  ['a rule by push', [rule('nDaysSinceLastPush', 7)], { verdict: 'removed', rules: ['nDaysSinceLastPush 7'] }],
  ['a rule for other tags', [rule('always', undefined, 'v*')], { verdict: 'removed', rules: ['always'] }],
  ['a rule for another repository', [rule('always', undefined, '**', 'bitnami/**')], { verdict: 'untouched' }],
  ['a rule that is disabled', [{ ...rule('nDaysSinceLastPush', 7), disabled: true }], { verdict: 'untouched' }],
  ['no rules', [], { verdict: 'untouched' }],
  ['a rule that counts', [rule('latestPushedK', 3)], { verdict: 'open', rules: ['latestPushedK 3'] }],
  ['a pattern with a class', [rule('always', undefined, '[0-9]*')], { verdict: 'open', rules: ['always'] }],
  [
    'all but its tag',
    [{ ...rule('always'), tag_selectors: [{ decoration: 'excludes', pattern: '3.*' }] }],
    { verdict: 'removed', rules: ['always'] },
  ],
  [
    'all but another repository',
    [{ ...rule('always'), scope_selectors: { repository: [{ decoration: 'repoExcludes', pattern: 'bitnami/**' }] } }],
    { verdict: 'kept', by: 'always' },
  ],
  [
    'selectors that are null',
    [{ template: 'always', tag_selectors: null, scope_selectors: null }],
    { verdict: 'kept', by: 'always' },
  ],
])('%s', (_what, rules, verdict) => {
  expect(rehearse({ rules }, PULLED_YESTERDAY, NOW)).toEqual(verdict);
});

it.each([
  [{ decoration: 'matches', pattern: '**' }, 'kept'],
  [{ decoration: 'matches', pattern: '**', extras: '{"untagged":false}' }, 'removed'],
  [{ decoration: 'excludes', pattern: '**' }, 'kept'],
  [{ decoration: 'excludes', pattern: 'v*', extras: '{"untagged":true}' }, 'removed'],
])('without a tag, %j: %s', (selector, verdict) => {
  const rules = [{ template: 'always', tag_selectors: [selector] }];
  expect(rehearse({ rules }, { ...PULLED_YESTERDAY, tags: [] }, NOW)).toMatchObject({ verdict });
});

it('was never pulled', () => {
  const rules = [rule('nDaysSinceLastPull', 30)];
  expect(rehearse({ rules }, { ...PULLED_YESTERDAY, pulledAtMs: 0 }, NOW)).toMatchObject({ verdict: 'removed' });
});
