import type { Plan } from '../plan/plan';

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const map: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const oneOf =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

/** Exactly these keys: a key that this version does not know may mean what it must not ignore. */
function record(shape: Readonly<Record<string, Check>>): Check {
  return (value) => {
    if (!map(value)) return false;
    const object = value as Record<string, unknown>;
    return (
      Object.keys(object).every((key) => Object.hasOwn(shape, key)) &&
      Object.entries(shape).every(([key, check]) => check(object[key]))
    );
  };
}

const anything: Check = () => true;

const fieldChange = record({
  path: text,
  before: anything,
  after: anything,
  why: optional(text),
  writeOnly: optional(oneOf(true, false)),
  shown: optional(record({ before: optional(text), after: optional(text), path: optional(text) })),
});

const position = record({ file: text, line: count, column: count, endColumn: optional(count) });

const change = record({
  action: oneOf('create', 'update', 'replace', 'delete'),
  kind: text,
  identity: text,
  address: text,
  fields: listOf(fieldChange),
  desired: optional(map),
  precondition: either(oneOf(null), record({ hash: text, observed: map })),
  dependsOn: listOf(text),
  carriedBy: optional(text),
  bornOf: optional(text),
  accepts: optional(listOf(text)),
  renamedFrom: optional(text),
  at: optional(position),
});

const yes = optional(oneOf(true));

const act = record({ by: text, at: text });

const unmanaged = record({
  kind: text,
  address: text,
  pruned: yes,
  removed: yes,
  permanent: yes,
  inUse: yes,
  fromInstallation: yes,
  accepted: optional(text),
  created: optional(act),
});

const finding = record({
  rule: text,
  severity: oneOf('critical', 'high', 'medium', 'low'),
  address: text,
  message: text,
  hint: text,
  waived: optional(record({ owner: text, expires: text, reason: text })),
});

const plan = record({
  schemaVersion: oneOf(1),
  tool: text,
  declaration: text,
  target: record({ url: text, harborVersion: optional(text) }),
  mode: oneOf('upsert-only', 'create-only', 'sync'),
  changes: listOf(change),
  refusals: listOf(record({ rule: text, address: optional(text), message: text, hint: text })),
  warnings: listOf(record({ address: optional(text), level: optional(oneOf('info')), message: text })),
  history: optional(
    record({
      objects: listOf(
        record({ address: text, created: optional(act), changed: optional(act), deleted: optional(act) }),
      ),
      problem: optional(text),
    }),
  ),
  findings: optional(listOf(finding)),
  adoptions: optional(listOf(record({ address: text, changed: oneOf(true, false), at: optional(position) }))),
  notCompared: listOf(record({ address: text, field: text, reason: text, broken: optional(oneOf(true)) })),
  unreadable: optional(listOf(record({ address: text, reason: text, leftOver: optional(oneOf(true)) }))),
  unmanaged: listOf(unmanaged),
  unseen: optional(listOf(record({ kind: text, reason: text }))),
  summary: record({
    create: count,
    update: count,
    replace: count,
    delete: count,
    unchanged: count,
    left: count,
    unread: optional(count),
    unmanaged: count,
    accepted: optional(count),
  }),
});

/** Whether a parsed file has the shape of a plan; what it says is for the preconditions to check. */
export function isPlan(value: unknown): value is Plan {
  return plan(value);
}
