import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Declaration } from '../../../src/declaration/declaration';
import { kinds } from '../../../src/kinds';
import { makePlan, type PlanInput } from '../../../src/plan/make-plan';
import type { Unreadable } from '../../../src/kinds/kind';
import type { Change, Plan } from '../../../src/plan/plan';
import { planHash } from '../../../src/reconcile/apply';
import { approve } from '../../../src/reconcile/approve';
import { loadPlan } from '../../../src/reconcile/plan-file';
import type { ApplyReport } from '../../../src/reconcile/result';
import type { SecretReference } from '../../../src/secret-reference';
import { declare, live } from '../../support/declare';
import { admin, applyTo, inputFor, planFor, secretValue } from '../../support/reconcile';
import { StoreDouble } from '../../support/store-double';

/** A plan as a stranger may edit it. */
interface Draft {
  changes: Record<string, unknown>[];
  [key: string]: unknown;
}
type Tamper = (plan: Draft) => void;

const declaration = declare(
  {
    shelf: [
      { name: 'a', url: 'new', login: { user: 'u', secret: { env: 'S' } } },
      { name: 'b', url: 'new', marks: { k: '1' } },
      { name: 'kept', url: 'same' },
    ],
    box: [{ name: 'x', shelf: 'a', open: false }, { name: 'fixed' }],
    limit: [{ box: 'x', bytes: 5 }],
  },
  { prune: ['box'] },
);

function before(): StoreDouble {
  const store = new StoreDouble();
  store.seed('shelf', 'b', { name: 'b', url: 'old', marks: { k: '1' } });
  store.seed('shelf', 'kept', { name: 'kept', url: 'same' });
  store.seed('shelf', 'undeclared', { name: 'undeclared', url: 'theirs' });
  store.seed('box', 'fixed', { name: 'fixed' });
  store.seed('box', 'undeclared', { name: 'undeclared', open: true });
  return store;
}

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'breakwater-'))));
afterEach(() => rm(directory, { recursive: true }));

interface Run {
  readonly report: ApplyReport;
  readonly told: Record<string, string>;
  readonly writes: unknown[];
  readonly resolved: SecretReference[];
}

/** Applies what stands in the file, as the command does. */
async function applyFile(
  store: StoreDouble,
  saved: Draft | Plan,
  options: Partial<PlanInput> = {},
  declared: Declaration = declaration,
): Promise<Run> {
  const file = join(directory, 'plan.json');
  const plan = saved as Plan;
  await writeFile(file, JSON.stringify({ format: 'breakwater-plan', sha256: planHash(plan), plan }));
  const input = await inputFor(store, declared, options);
  const { tool, mode } = input;
  const loaded = await loadPlan(file, { tool, mode, declaration: declared.hash, target: store.url });
  const approval = approve(loaded, input);
  const resolved: SecretReference[] = [];
  store.writes = [];
  const report = await applyTo(store, declared, approval.plan, {
    settled: approval.settled,
    secret: async (reference) => (resolved.push(reference), secretValue),
  });
  const results = [...report.ok, ...report.failed, ...report.stale, ...report.skipped, ...report.unknown];
  const told = Object.fromEntries(
    results.map(({ address, outcome, detail = '' }) => [address, `${outcome} ${detail}`.trim()]),
  );
  return { report, told, writes: store.writes, resolved };
}

const draftOf = async (store: StoreDouble, options: Partial<PlanInput> = {}): Promise<Draft> =>
  structuredClone(await planFor(store, declaration, options)) as unknown as Draft;

const at = ({ changes }: Draft, address: string): Record<string, unknown> =>
  changes.find((change) => change['address'] === address)!;
const without = (plan: Draft, address: string): void =>
  void (plan.changes = plan.changes.filter((change) => change['address'] !== address));
const row = (change: Record<string, unknown>, path: string): Record<string, unknown> =>
  (change['fields'] as Record<string, unknown>[]).find((field) => field['path'] === path)!;

const invented = (over: Partial<Change> & { kind: string; identity: string }): Record<string, unknown> => ({
  action: 'create',
  address: `${over.kind}/${over.identity}`,
  fields: [{ path: 'name', after: over.identity }],
  desired: { name: over.identity },
  precondition: null,
  dependsOn: [],
  ...over,
});
const observing = (observed: Record<string, unknown>): Change['precondition'] => ({
  hash: '',
  observed: observed as never,
});
const ADMIN = 'projectAdmin';
const command = { command: ['sh', '-c', 'touch /tmp/owned'] };

describe('an unedited saved plan', () => {
  it('is carried out as it was made, and the next plan is empty', async () => {
    const store = before();
    const { told, resolved } = await applyFile(store, await planFor(store, declaration));
    expect(told).toEqual({ 'shelf/a': 'ok', 'shelf/b': 'ok', 'box/x': 'ok', 'limit/x': 'ok' });
    expect(resolved).toEqual(expect.arrayContaining([{ env: 'S' }]));
    expect((await planFor(store, declaration)).changes).toEqual([]);
  });

  it('deletes if mode and prune ask for it', async () => {
    const store = before();
    const { told } = await applyFile(store, await planFor(store, declaration, { mode: 'sync' }), { mode: 'sync' });
    expect(told['box/undeclared']).toBe('ok');
    expect(store.all('box').has('undeclared')).toBe(false);
  });

  it('writes nothing the second time', async () => {
    const store = before();
    const plan = await planFor(store, declaration, { mode: 'sync' });
    await applyFile(store, plan, { mode: 'sync' });
    const { told, writes, report } = await applyFile(store, plan, { mode: 'sync' });
    expect(writes).toEqual([]);
    expect(told).toEqual({
      'shelf/a': expect.stringMatching(
        /^stale whether Harbor has the declared login\.secret of shelf\/a cannot be verified.*--rotate shelf\/a$/,
      ),
      'shelf/b': 'ok it already matches the declaration',
      'box/x': 'ok it already matches the declaration',
      'limit/x': 'ok it already matches the declaration',
      'box/undeclared': 'ok it no longer existed',
    });
    expect(report.ok.every(({ adopted }) => adopted)).toBe(true);
  });

  it.each<[string, Partial<PlanInput>, string]>([
    ['asked for', { rotate: ['shelf/a'] }, 'ok'],
    ['proven dead', { proofs: new Map([['shelf/a', { outcome: 'dead', why: 'it is dead' }]]) }, 'ok'],
    [
      'proven to work',
      { proofs: new Map([['shelf/a', { outcome: 'works' }]]) },
      'ok it already matches the declaration',
    ],
  ])('writes the secret of an object that a killed run left, when that is %s', async (_case, now, expected) => {
    const store = before();
    const plan = await planFor(store, declaration);
    store.seed('shelf', 'a', { name: 'a', url: 'new', login: { user: 'u' } });
    const { told } = await applyFile(store, plan, now);
    expect(told['shelf/a']).toBe(expected);
    expect(store.secrets.get('shelf/a')).toBe(expected === 'ok' ? secretValue : undefined);
  });
});

/** Everything that the tool itself would do in the widest mode that this command line allows. */
async function writesOfTheTool(options: Partial<PlanInput>): Promise<unknown[]> {
  const store = before();
  return (await applyFile(store, await planFor(store, declaration, options), options)).writes;
}

describe('a saved plan that was edited and hashed again', () => {
  const tamperings: [string, Tamper, string, string, Partial<PlanInput>?][] = [
    [
      'runs a command as a secret',
      (plan) => (row(at(plan, 'shelf/a'), 'login.secret')['after'] = command),
      'shelf/a',
      'login.secret',
    ],
    [
      'runs a command in the spec',
      (plan) => (at(plan, 'shelf/a')['desired'] = { name: 'a', url: 'new', login: { user: 'u', secret: command } }),
      'shelf/a',
      'secret',
    ],
    [
      'reads another secret',
      (plan) => (row(at(plan, 'shelf/a'), 'login.secret')['after'] = { env: 'HARBOR_PASSWORD' }),
      'shelf/a',
      'login.secret',
    ],
    [
      'reads a file',
      (plan) => (row(at(plan, 'shelf/a'), 'login.secret')['after'] = { file: '/etc/shadow' }),
      'shelf/a',
      'login.secret',
    ],
    [
      'creates what is not declared',
      (plan) => plan.changes.push(invented({ kind: 'box', identity: 'evil' })),
      'box/evil',
      'not declared',
    ],
    [
      'creates an object of no kind',
      (plan) => plan.changes.push(invented({ kind: 'evil', identity: 'x' })),
      'evil/x',
      'no such object',
    ],
    ['writes a value nobody declared', (plan) => (row(at(plan, 'shelf/b'), 'url')['after'] = 'evil'), 'shelf/b', 'url'],
    [
      'writes it in row and spec',
      (plan) => {
        row(at(plan, 'shelf/b'), 'url')['after'] = 'evil';
        at(plan, 'shelf/b')['desired'] = { name: 'b', url: 'evil', marks: { k: '1' } };
      },
      'shelf/b',
      'url',
    ],
    [
      'writes it in the spec alone',
      (plan) => (at(plan, 'shelf/b')['desired'] = { name: 'b', url: 'evil', marks: { k: '1' } }),
      'shelf/b',
      'url',
    ],
    [
      'adds a field',
      (plan) => (at(plan, 'shelf/b')['fields'] as unknown[]).push({ path: 'marks.k', before: '1', after: '2' }),
      'shelf/b',
      'marks.k',
    ],
    [
      'lists a field twice',
      (plan) => (at(plan, 'shelf/b')['fields'] as unknown[]).push({ path: 'url', before: 'old', after: 'new' }),
      'shelf/b',
      'twice',
    ],
    [
      'drops a field',
      (plan) => (at(plan, 'shelf/a')['fields'] = [{ path: 'name', after: 'a' }]),
      'shelf/a',
      'is not in the saved plan',
    ],
    ['says another before', (plan) => (row(at(plan, 'shelf/b'), 'url')['before'] = 'other'), 'shelf/b', 'url'],
    [
      'drops the precondition',
      (plan) => (at(plan, 'shelf/b')['precondition'] = null),
      'shelf/b',
      'differs from the saved plan',
    ],
    [
      'loosens the precondition',
      (plan) => (at(plan, 'shelf/b')['precondition'] = observing({})),
      'shelf/b',
      'differs from the saved plan',
    ],
    [
      'gives a precondition to a create',
      (plan) => (at(plan, 'shelf/a')['precondition'] = observing({})),
      'shelf/a',
      'precondition',
    ],
    [
      'changes what is as declared',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'kept',
            action: 'update',
            fields: [{ path: 'url', before: 'same', after: 'evil' }],
            desired: { name: 'kept', url: 'evil' },
            precondition: observing({ url: 'same' }),
          }),
        ),
      'shelf/kept',
      'url',
    ],
    [
      'changes it under the declared spec',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'kept',
            action: 'update',
            fields: [{ path: 'url', before: 'same', after: 'evil' }],
            desired: { name: 'kept', url: 'same' },
            precondition: observing({ url: 'same' }),
          }),
        ),
      'shelf/kept',
      'url',
    ],
    [
      'changes what is not declared',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'undeclared',
            action: 'update',
            fields: [{ path: 'url', after: 'evil' }],
            precondition: observing({}),
          }),
        ),
      'shelf/undeclared',
      'not declared',
    ],
    [
      'deletes what is not declared',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'undeclared',
            action: 'delete',
            fields: [],
            precondition: observing({ name: 'undeclared', url: 'theirs' }),
          }),
        ),
      'shelf/undeclared',
      'would not delete it',
    ],
    [
      'deletes what prune would allow in mode sync',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'box',
            identity: 'undeclared',
            action: 'delete',
            fields: [],
            precondition: observing({ name: 'undeclared', open: true }),
          }),
        ),
      'box/undeclared',
      'in mode upsert-only',
    ],
    [
      'deletes a kind without prune in mode sync',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'undeclared',
            action: 'delete',
            fields: [],
            precondition: observing({ name: 'undeclared', url: 'theirs' }),
          }),
        ),
      'shelf/undeclared',
      'without prune',
      { mode: 'sync' },
    ],
    [
      'deletes what is declared',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'kept',
            action: 'delete',
            fields: [],
            precondition: observing({ name: 'kept', url: 'same' }),
          }),
        ),
      'shelf/kept',
      'declared',
      { mode: 'sync' },
    ],
    ['makes an update a delete', (plan) => (at(plan, 'shelf/b')['action'] = 'delete'), 'shelf/b', 'would delete'],
    ['makes an update a replace', (plan) => (at(plan, 'shelf/b')['action'] = 'replace'), 'shelf/b', 'would replace'],
    ['makes a create a delete', (plan) => (at(plan, 'shelf/a')['action'] = 'delete'), 'shelf/a', 'would delete'],
    ['renames another object', (plan) => (at(plan, 'shelf/b')['renamedFrom'] = 'undeclared'), 'shelf/b', 'rename'],
    [
      'moves a change to another address',
      (plan) => Object.assign(at(plan, 'shelf/b'), { identity: 'undeclared', address: 'shelf/undeclared' }),
      'shelf/undeclared',
      'not declared',
    ],
    [
      'moves the identity under the address',
      (plan) => (at(plan, 'shelf/b')['identity'] = 'undeclared'),
      'shelf/b',
      'do not match',
    ],
    ['moves the kind under the address', (plan) => (at(plan, 'shelf/b')['kind'] = 'box'), 'shelf/b', 'do not match'],
    ['lists a change twice', (plan) => plan.changes.push(structuredClone(at(plan, 'shelf/b'))), 'shelf/b', 'twice'],
    [
      'lists it twice, once with another value',
      (plan) => {
        const copy = structuredClone(at(plan, 'shelf/b'));
        row(copy, 'url')['after'] = 'evil';
        plan.changes.push(copy);
      },
      'shelf/b',
      'twice',
    ],
    [
      'rotates a secret',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'shelf',
            identity: 'kept',
            action: 'update',
            fields: [{ path: 'login.secret', after: command, writeOnly: true }],
            desired: { name: 'kept', url: 'same', login: { secret: command } },
            precondition: observing({}),
          }),
        ),
      'shelf/kept',
      'login',
    ],
    ['cuts out what another change needs', (plan) => without(plan, 'shelf/a'), 'box/x', 'needs shelf/a'],
    [
      'accepts a hazard',
      (plan) =>
        plan.changes.push(
          invented({
            kind: 'box',
            identity: 'undeclared',
            action: 'delete',
            fields: [],
            accepts: ['box-not-empty'],
            precondition: observing({ name: 'undeclared', open: true }),
          }),
        ),
      'box/undeclared',
      'would not delete it',
    ],
    [
      'hides an escape sequence in an address',
      (plan) => plan.changes.push(invented({ kind: 'box', identity: '\u001b[2J' })),
      'box/\\u001b[2J',
      'not declared',
    ],
  ];

  it.each(tamperings)(
    '%s: refused by address, the rest continues',
    async (_case, tamper, address, reason, options = {}) => {
      const store = before();
      const plan = await draftOf(store, options);
      tamper(plan);
      const allowed = await writesOfTheTool(options);
      const { told, writes, resolved, report } = await applyFile(store, plan, options);
      expect(told[address]).toMatch(/^stale /);
      expect(told[address]).toContain(reason);
      expect(report.failed).toEqual([]);
      for (const write of writes) expect(allowed).toContainEqual(write);
      expect(resolved.filter((reference) => JSON.stringify(reference) !== '{"env":"S"}')).toEqual([]);
      for (const other of ['shelf/a', 'shelf/b'].filter(
        (one) => one !== address && plan.changes.some((change) => change['address'] === one),
      ))
        expect(told[other]).toBe('ok');
      expect(store.all('shelf').get('undeclared')).toMatchObject({ url: 'theirs' });
      expect(store.all('shelf').get('kept')).toMatchObject({ url: 'same' });
    },
  );

  it.each<[string, Tamper]>([
    ['the mode', (plan) => (plan['mode'] = 'sync')],
    ['the target', (plan) => (plan['target'] = { url: 'https://evil.example.com' })],
    ['the declaration', (plan) => (plan['declaration'] = 'sha256:other')],
    ['the tool', (plan) => (plan['tool'] = 'evil\u001b[2J')],
  ])('differs in %s: the whole file is refused', async (_case, tamper) => {
    const store = before();
    const plan = await draftOf(store);
    tamper(plan);
    await expect(applyFile(store, plan)).rejects.toMatchObject({ code: 'PLAN_STALE' });
    await expect(applyFile(store, plan)).rejects.not.toThrow('\u001b');
    expect(store.writes).toEqual([]);
  });

  it.each<[string, Tamper]>([
    ['what comes before', (plan) => plan.changes.forEach((change) => (change['dependsOn'] = []))],
    ['who carries it', (plan) => delete at(plan, 'limit/x')['carriedBy']],
    ['where it is declared', (plan) => (at(plan, 'shelf/b')['at'] = { file: '/etc/passwd', line: 1, column: 1 })],
    ['why', (plan) => (row(at(plan, 'shelf/b'), 'url')['why'] = 'evil')],
    [
      'warnings and numbers',
      (plan) =>
        Object.assign(plan, { warnings: [], notCompared: [], summary: { ...(plan['summary'] as object), create: 0 } }),
    ],
    ['the order', (plan) => plan.changes.reverse()],
  ])(
    'says another thing about %s: that comes from the plan of now, and nothing else happens',
    async (_case, tamper) => {
      const store = before();
      const plan = await draftOf(store);
      tamper(plan);
      const { told, writes } = await applyFile(store, plan);
      expect(Object.values(told)).toEqual(['ok', 'ok', 'ok', 'ok']);
      expect(writes).toEqual(await writesOfTheTool({}));
    },
  );

  it('leaves out a change: that is all that an editor may do', async () => {
    const store = before();
    const plan = await draftOf(store);
    without(plan, 'shelf/b');
    const { told } = await applyFile(store, plan);
    expect(told).toEqual({ 'shelf/a': 'ok', 'box/x': 'ok', 'limit/x': 'ok' });
    expect(store.all('shelf').get('b')).toMatchObject({ url: 'old' });
  });
});

describe('the guard, applied again', () => {
  const moved = declare({ shelf: [{ name: 'a' }, { name: 'b' }], box: [{ name: 'x', shelf: 'b' }, { name: 'new' }] });
  const shelved = async (): Promise<StoreDouble> => {
    const store = new StoreDouble();
    for (const name of ['a', 'b']) store.seed('shelf', name, { name });
    const { id } = store.all('shelf').get('a')!;
    store.seed('box', 'x', { name: 'x', shelf_id: id });
    return store;
  };

  it('refuses changes that the file no longer contains, and makes the rest', async () => {
    const store = await shelved();
    const plan = { ...(await planFor(store, moved)), refusals: [] };
    const { told } = await applyFile(store, plan, {}, moved);
    expect(told['box/x']).toContain('refused [replace-needs-sync]');
    expect(told['box/new']).toBe('ok');
    expect(store.writes.map(({ method }) => method)).toEqual(['POST']);
  });

  it('refuses the whole plan if it is too dangerous as a whole', async () => {
    const one = declare({ shelf: [{ name: 's0' }] }, { prune: ['shelf'] });
    const store = new StoreDouble();
    for (let n = 0; n < 6; n++) store.seed('shelf', `s${n}`, { name: `s${n}` });
    const plan = { ...(await planFor(store, one, { mode: 'sync' })), refusals: [] };
    await expect(applyFile(store, plan, { mode: 'sync' }, one)).rejects.toMatchObject({
      code: 'PLAN_REFUSED',
      refusals: [{ rule: 'too-many-deletes' }],
    });
    expect(store.writes).toEqual([]);
  });

  it('sees that the last administrator goes when the next one was cut out of the file', () => {
    const member = (user: string) => ({ project: 'p', user, role: ADMIN });
    const prune = ['project-member'];
    const after = declare({ project: [{ name: 'p' }], 'project-member': [member('new')] }, { kinds, prune });
    const found = { project: [{ name: 'p' }], 'project-member': [member('old')] };
    const input: PlanInput = {
      tool: 'test',
      declaration: after,
      current: live(found, kinds),
      kinds,
      mode: 'sync',
      targets: [],
      rotate: [],
      identity: admin,
      target: { url: 'https://harbor.example.com' },
    };
    const plan = makePlan(input);
    expect(plan.refusals).toEqual([]);
    expect(plan.changes.map(({ action }) => action)).toEqual(['create', 'delete']);
    const { plan: left, settled } = approve({ ...plan, changes: plan.changes.slice(1) }, input);
    expect(left.changes).toEqual([]);
    expect(settled.map(({ detail }) => detail)).toEqual([expect.stringContaining('refused [last-project-admin]')]);
  });

  it('refuses a hazard that appeared since, and takes --target from the command line alone', async () => {
    const emptied = declare({ shelf: [{ name: 'a' }] }, { prune: ['box'] });
    const store = new StoreDouble();
    store.seed('box', 'full', { name: 'full', facts: { things: 3 } });
    const options = { mode: 'sync', targets: ['box/full'] } as const;
    const plan = await planFor(store, emptied, options);
    expect(plan.refusals).toEqual([]);
    const refused = await applyFile(store, plan, { mode: 'sync' }, emptied);
    expect(refused.told).toEqual({ 'box/full': expect.stringContaining('refused [box-not-empty]') });
    expect(refused.writes).toEqual([]);
    expect((await applyFile(store, plan, options, emptied)).told).toEqual({ 'box/full': 'ok' });
  });

  it('reports what --target leaves out', async () => {
    const store = before();
    const { told } = await applyFile(store, await planFor(store, declaration), { targets: ['shelf/b'] });
    expect(told).toMatchObject({ 'shelf/b': 'ok', 'shelf/a': 'skipped not named by --target' });
  });
});

describe('what changed in Harbor between plan and apply', () => {
  const url = (value: string) => (store: StoreDouble) =>
    store.seed('shelf', 'b', { name: 'b', url: value, marks: { k: '1' } });
  it.each<[string, (store: StoreDouble) => void, string, string]>([
    [
      'a declared field of the change',
      url('theirs'),
      'shelf/b',
      'stale url of shelf/b differs from the saved plan: it changed in Harbor, or the file was edited',
    ],
    [
      'another declared field',
      (store) => store.seed('shelf', 'b', { name: 'b', url: 'old', marks: { k: '2' } }),
      'shelf/b',
      'stale marks.k of shelf/b differs from the saved plan: it changed in Harbor, or the file was edited',
    ],
    ['the same change was made', url('new'), 'shelf/b', 'ok it already matches the declaration'],
    ['it is gone', (store) => store.all('shelf').delete('b'), 'shelf/b', 'stale shelf/b is gone'],
    [
      'it was created otherwise',
      (store) => store.seed('box', 'x', { name: 'x', open: true }),
      'box/x',
      'stale box/x was created since the plan was made, with another open',
    ],
    [
      'a field that is not declared',
      (store) => store.seed('shelf', 'kept', { name: 'kept', url: 'same', marks: { z: '1' } }),
      'shelf/b',
      'ok',
    ],
    ['what it needs is gone', (store) => store.all('shelf').delete('kept'), 'shelf/b', 'ok'],
  ])('%s: reported by field, and the others continue', async (_case, meddle, address, expected) => {
    const store = before();
    const plan = await planFor(store, declaration);
    meddle(store);
    const { told } = await applyFile(store, plan);
    expect(told[address]).toBe(expected);
    expect(told['shelf/a']).toBe('ok');
  });

  it.each<[string, Partial<Unreadable>, string]>([
    ['is', { address: 'box/undeclared' }, 'box/undeclared: it cannot be read: name is missing'],
    [
      'may be',
      { address: 'box/(id 7)', anonymous: true },
      'box/undeclared: box/(id 7), which may be it, cannot be read: name is missing',
    ],
  ])('does not call a deletion done if an unreadable object %s its own', async (_case, one, detail) => {
    const store = before();
    const plan = await planFor(store, declaration, { mode: 'sync' });
    store.all('box').delete('undeclared');
    const unreadable: Unreadable[] = [{ kind: 'box', address: '', reason: 'name is missing', ...one }];
    const { settled } = approve(plan, await inputFor(store, declaration, { mode: 'sync', unreadable }));
    expect(settled).toContainEqual(expect.objectContaining({ address: 'box/undeclared', outcome: 'stale', detail }));
  });

  it('says of an update that its object cannot be read any more', async () => {
    const store = before();
    const plan = await planFor(store, declaration);
    store.all('shelf').delete('b');
    const unreadable: Unreadable[] = [{ kind: 'shelf', address: 'shelf/b', reason: 'url is a number, not text' }];
    const { settled } = approve(plan, await inputFor(store, declaration, { unreadable }));
    expect(settled).toEqual([
      expect.objectContaining({ outcome: 'stale', detail: 'shelf/b: it cannot be read: url is a number, not text' }),
    ]);
  });

  it.each([
    ['it was declared before', ['box/undeclared'], 'ok it no longer existed'],
    [
      'it was not declared before',
      [],
      'stale refused: it was not declared before, so --prune removed does not delete it. Breakwater would not plan this change of box/undeclared; the file may have been edited, make a new plan',
    ],
  ])(
    'judges a deletion of --prune removed that is done already by what was declared before: %s',
    async (_c, was, said) => {
      const store = before();
      const baseOf = (addresses: readonly string[]) => new Map(addresses.map((address) => [address, {}]));
      const pruning = { prune: 'removed', base: baseOf(['box/undeclared']) } as const;
      const plan = await planFor(store, declaration, pruning);
      expect(plan.changes.map(({ action, address }) => `${action} ${address}`)).toContain('delete box/undeclared');
      store.all('box').delete('undeclared');
      const { told } = await applyFile(store, plan, { ...pruning, base: baseOf(was) });
      expect(told['box/undeclared']).toBe(said);
    },
  );

  it('needs no writing of a secret that Harbor has confirmed since', async () => {
    const described = declare({
      shelf: [{ name: 'a', marks: { k: '2' }, login: { user: 'u', secret: { env: 'S' } } }],
    });
    const store = new StoreDouble();
    store.seed('shelf', 'a', { name: 'a', marks: { k: '1' }, login: { user: 'u' } });
    const plan = await planFor(store, described);
    expect(plan.changes.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual(['marks.k', 'login.secret']);
    const works = await inputFor(store, described, { proofs: new Map([['shelf/a', { outcome: 'same' }]]) });
    const { plan: now, settled } = approve(plan, works);
    expect(settled).toEqual([]);
    expect(now.changes.flatMap(({ fields }) => fields.map(({ path }) => path))).toEqual(['marks.k']);
  });

  it('finishes a replace that was killed between delete and create', async () => {
    const moved = declare({ shelf: [{ name: 'a' }], box: [{ name: 'x', shelf: 'a' }] });
    const store = new StoreDouble();
    store.seed('shelf', 'a', { name: 'a' });
    store.seed('box', 'x', { name: 'x' });
    const plan = await planFor(store, moved, { mode: 'sync' });
    expect(plan.changes.map(({ action }) => action)).toEqual(['replace']);
    store.all('box').delete('x');
    expect((await applyFile(store, plan, { mode: 'sync' }, moved)).told).toEqual({ 'box/x': 'ok' });
  });
});
