const TEXT = { type: 'string' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const FLAG = { type: 'boolean' } as const;
/** A flag that is either true or absent, so that most objects of a plan stay short. */
const YES = { const: true } as const;
/** The value of a field of any kind: the schema of the declaration describes it, not this one. */
const ANYTHING = {} as const;

/**
 * What `plan --format json` prints and `plan --out` saves: JSON Schema 2020-12, for `schemaVersion` 1. `apply` validates
 * a saved plan with it, so a field that it does not know is an error, never ignored.
 *
 *      plan
 *      ├── target, mode, declaration     what was compared, as URL, mode and hash
 *      ├── changes[]                     in the order of execution
 *      │   ├── fields[]                  path, before, after
 *      │   ├── precondition              the live object that was approved to be changed
 *      │   └── dependsOn[], carriedBy, bornOf
 *      ├── refusals[], findings[]        with one of these, nothing is applied
 *      ├── unmanaged[], notCompared[],   what the plan does not cover
 *      │   unreadable[], unseen[]
 *      └── summary                       counts of all of these
 */
export function planSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Breakwater plan',
    description: 'What would be changed in a Harbor, and why. `plan --out` saves it as `plan`, beside its hash.',
    ...PLAN,
  };
}

const POSITION = object({ file: TEXT, line: COUNT, column: COUNT, endColumn: COUNT }, ['endColumn']);

const ORIGIN = object({ source: { enum: ['declared', 'defaults', 'overlay'] }, at: POSITION });

/** From Harbor's audit log. */
const ACT = about('Who did it, and when (UTC).', object({ by: TEXT, at: TEXT }));

const FIELD = object(
  {
    path: about('Dotted, below the object.', TEXT),
    before: about('Absent: the object or the field does not exist yet.', ANYTHING),
    after: about('Absent: it will not exist any more. A secret is its reference, never a value.', ANYTHING),
    why: TEXT,
    from: about('Where the declared value comes from, with --explain.', ORIGIN),
    writeOnly: about('Harbor never returns this field.', FLAG),
    shown: about(
      'As people read it, such as 500GiB.',
      object({ before: TEXT, after: TEXT, path: TEXT }, ['before', 'after', 'path']),
    ),
  },
  ['before', 'after', 'why', 'from', 'writeOnly', 'shown'],
);

const CHANGE = object(
  {
    action: { enum: ['create', 'update', 'replace', 'delete'] },
    kind: TEXT,
    identity: TEXT,
    address: about('Kind and identity, such as project/proxy.docker.io.', TEXT),
    fields: listOf(FIELD),
    desired: about('As declared; absent for a delete.', { type: 'object' }),
    precondition: about('How the live object must still look. null: it must not exist.', {
      ...object({ hash: TEXT, observed: { type: 'object' } }),
      type: ['object', 'null'],
    }),
    dependsOn: about('Addresses of changes that must have succeeded before.', listOf(TEXT)),
    carriedBy: about('The change whose request makes this one.', TEXT),
    bornOf: about('The change with which Harbor makes this object by itself.', TEXT),
    accepts: about('Rules of the dangers that --target accepted.', listOf(TEXT)),
    renamedFrom: TEXT,
    at: about('Where it is declared.', POSITION),
  },
  ['desired', 'carriedBy', 'bornOf', 'accepts', 'renamedFrom', 'at'],
);

const REFUSAL = object({ rule: TEXT, address: TEXT, message: TEXT, hint: TEXT }, ['address']);

const FINDING = object(
  {
    rule: TEXT,
    severity: { enum: ['critical', 'high', 'medium', 'low'] },
    address: TEXT,
    message: TEXT,
    hint: TEXT,
    at: POSITION,
    waived: object({ owner: TEXT, expires: TEXT, reason: TEXT }),
  },
  ['at', 'waived'],
);

/** Objects that stay are in the list, too, if `--target` names them: then `changes` is false. */
const EXPLAINED = about(
  'With --explain: the fields that stay as they are.',
  listOf(
    object(
      {
        address: TEXT,
        kind: TEXT,
        changes: about('Whether other fields of it change.', FLAG),
        fields: listOf(
          object(
            {
              path: TEXT,
              value: about('What Harbor has. A secret is its reference.', ANYTHING),
              shown: TEXT,
              wanted: about('What is declared, where that differs and is left alone.', ANYTHING),
              state: { enum: ['declared', 'secret', 'undeclared', 'guarded', 'lost'] },
              from: ORIGIN,
            },
            ['value', 'shown', 'wanted', 'from'],
          ),
        ),
        at: POSITION,
      },
      ['at'],
    ),
  ),
);

/** Several flags may be true: an object may have left the files and be of a kind in `prune:` at the same time. */
const UNMANAGED = object(
  {
    kind: TEXT,
    address: TEXT,
    pruned: about('--mode sync deletes it.', YES),
    removed: about('--prune removed deletes it.', YES),
    permanent: about('Harbor cannot delete it.', YES),
    inUse: about('A declared object refers to it.', YES),
    fromInstallation: YES,
    accepted: about('The reason in unmanaged:.', TEXT),
    created: ACT,
  },
  ['pruned', 'removed', 'permanent', 'inUse', 'fromInstallation', 'accepted', 'created'],
);

const HISTORY = object(
  {
    objects: listOf(
      object({ address: TEXT, created: ACT, deleted: ACT, changed: ACT }, ['created', 'deleted', 'changed']),
    ),
    problem: about('Why the audit log could not be read.', TEXT),
  },
  ['problem'],
);

/** `left` is not part of `unchanged`: such an object differs from its declaration. */
const SUMMARY = object(
  {
    ...{ create: COUNT, update: COUNT, replace: COUNT, delete: COUNT, unchanged: COUNT },
    left: about('Differs, and is left alone.', COUNT),
    unread: about('Declared, and could not be read.', COUNT),
    unmanaged: COUNT,
    accepted: COUNT,
  },
  ['unread', 'accepted'],
);

const PLAN = object(
  {
    schemaVersion: { const: 1 },
    tool: TEXT,
    declaration: about('Hash of the declaration.', TEXT),
    target: object({ url: TEXT, harborVersion: TEXT }, ['harborVersion']),
    mode: { enum: ['upsert-only', 'create-only', 'sync'] },
    changes: about('In the order of execution: dependencies first, deletes last and reversed.', listOf(CHANGE)),
    refusals: about('Anything here: nothing of this plan is applied.', listOf(REFUSAL)),
    warnings: listOf(object({ address: TEXT, level: { const: 'info' }, message: TEXT }, ['address', 'level'])),
    history: HISTORY,
    findings: listOf(FINDING),
    explained: EXPLAINED,
    notCompared: listOf(object({ address: TEXT, field: TEXT, reason: TEXT, broken: FLAG }, ['broken'])),
    unreadable: listOf(object({ address: TEXT, reason: TEXT, leftOver: YES }, ['leftOver'])),
    unmanaged: listOf(UNMANAGED),
    unseen: listOf(object({ kind: TEXT, reason: TEXT })),
    adoptions: listOf(object({ address: TEXT, changed: FLAG, at: POSITION }, ['at'])),
    summary: SUMMARY,
  },
  ['history', 'findings', 'explained', 'unreadable', 'unseen', 'adoptions'],
);

/** Exactly these keys: an unknown key may have a meaning that this version must not ignore. */
function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

function listOf(items: object): object {
  return { type: 'array', items };
}

/** The description comes first, so that the printed schema is readable. */
function about(description: string, schema: object): object {
  return { description, ...schema };
}
