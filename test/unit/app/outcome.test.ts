import type { ApplyOutcome } from '../../../src/app/apply';
import {
  applyOutcome,
  errorOutcome,
  planOutcome,
  verdictOutcome,
  worstOutcome,
  type Outcome,
} from '../../../src/app/outcome';
import {
  HarborApiError,
  NetworkError,
  PlanRefusedError,
  PolicyViolationError,
  StalePlanError,
} from '../../../src/errors';
import { NO_PERMISSION } from '../../../src/plan/access';
import type { Plan } from '../../../src/plan/plan';
import { ExitCode, worstOf } from '../../../src/cli/exit-code';

const changes = [{}] as unknown as Plan['changes'];
const refusal = (rule: string) => [{ rule, message: '', hint: '' }];
const finding = [{ rule: 'HP052', severity: 'high', address: 'project/p', message: '', hint: '' }] as const;
const broken = [{ address: 'robot/r', field: 'secret', reason: '', broken: true }];

describe('the outcome of a plan', () => {
  it.each<[string, Partial<Plan>, Outcome]>([
    ['nothing to do', {}, 'ok'],
    ['changes', { changes }, 'changes'],
    ['a refusal', { changes, refusals: refusal('protected') }, 'refused'],
    ['a missing permission, which the apply may have', { refusals: refusal(NO_PERMISSION) }, 'ok'],
    ['a broken rule', { changes, findings: finding }, 'policyViolation'],
    ['a secret that does not work', { changes, notCompared: broken }, 'proofFailed'],
  ])('%s', (_case, plan, expected) => {
    const nothing = { changes: [], refusals: [], notCompared: [] };
    expect(planOutcome({ ...nothing, ...plan } as unknown as Plan)).toBe(expected);
  });
});

describe('the outcome of an apply', () => {
  const one = [{ address: 'project/p' }];

  it.each<[string, object, Outcome]>([
    ['all is done', { ok: one }, 'ok'],
    ['one failed', { failed: one }, 'error'],
    ['one failed and one is done', { ok: one, failed: one }, 'appliedInPart'],
    ['one is stale', { ok: one, stale: one }, 'stale'],
    ['one is not known', { unknown: one }, 'error'],
    ['a failure outweighs a stale one', { ok: one, failed: one, stale: one }, 'appliedInPart'],
    ['the journal is not complete', { ok: one, journalError: 'full' }, 'appliedInPart'],
    ['Harbor did not do what it accepted', { ok: one, differences: one }, 'error'],
  ])('%s', (_case, report, expected) => {
    const nothing = { ok: [], failed: [], unknown: [], stale: [], skipped: [], differences: [] };
    expect(applyOutcome({ ...nothing, ...report } as unknown as ApplyOutcome)).toBe(expected);
  });
});

describe('the outcome for clients', () => {
  it.each<[readonly ('served by the cache' | 'bypassed' | 'misconfigured' | 'cannot tell')[], Outcome]>([
    [[], 'error'],
    [['served by the cache'], 'ok'],
    [['served by the cache', 'cannot tell'], 'error'],
    [['cannot tell', 'bypassed'], 'proofFailed'],
    [['misconfigured'], 'proofFailed'],
  ])('%j', (verdicts, expected) => {
    expect(verdictOutcome(verdicts.map((verdict) => ({ verdict })))).toBe(expected);
  });
});

describe('the outcome of an error', () => {
  const api = (status: number) => new HarborApiError('', { method: 'GET', url: 'u', status });

  it.each<[unknown, Outcome]>([
    [new StalePlanError(''), 'stale'],
    [new PlanRefusedError('', []), 'refused'],
    [new PolicyViolationError('', []), 'policyViolation'],
    [new NetworkError('', 'NETWORK_DNS', 'u'), 'unreachable'],
    [api(502), 'unreachable'],
    [api(500), 'error'],
    [new TypeError(), 'error'],
  ])('%p is %s', (error, expected) => expect(errorOutcome(error)).toBe(expected));
});

describe('several Harbors', () => {
  it.each<[readonly Outcome[], Outcome]>([
    [[], 'ok'],
    [['ok', 'changes'], 'changes'],
    [['changes', 'proofFailed', 'policyViolation'], 'policyViolation'],
    [['refused', 'appliedInPart', 'unreachable'], 'unreachable'],
    [['unreachable', 'error'], 'error'],
  ])('%j come to %s', (outcomes, expected) => {
    expect(worstOutcome(outcomes)).toBe(expected);
    expect(worstOf(outcomes.map((outcome) => ExitCode[outcome]))).toBe(ExitCode[expected]);
  });

  it('are stopped if one was stopped', () => {
    expect(worstOf([ExitCode.error, ExitCode.interrupted, ExitCode.changes])).toBe(ExitCode.interrupted);
  });
});
