import type { AnyKind, CheckContext, Finding, JsonSchema, Placement, Reference } from '../../../../src/kinds/kind';

/**
 * Kinds that no Harbor has: small enough to see through, and with one of everything that the declaration
 * must cope with. A berth is a place with defaults, a cargo stands below it, a crew is a list below it, a
 * pilot stands in two places, a light is alone.
 */
interface InventedKind<Spec extends object> {
  readonly name: string;
  readonly placements: readonly Omit<Placement<Spec>, 'fromSpec'>[];
  readonly identity: (spec: Spec) => string;
  readonly references?: (spec: Spec) => readonly Reference[];
  readonly check?: (spec: Spec, context: CheckContext) => readonly Finding[];
  readonly deletable?: boolean;
}

/** The part of a kind that talks to Harbor or writes files: nothing that loads a declaration may touch it. */
const untouched = (): never => {
  throw new Error('a declaration is loaded without any Harbor, and without writing one');
};

function invent<Spec extends object>(kind: InventedKind<Spec>): AnyKind {
  const access = { read: 'user', create: 'user', update: 'user', remove: 'user' };
  return {
    about: `A ${kind.name}.`,
    dependsOn: [],
    replaceOn: [],
    writeOnly: [],
    deletable: true,
    access,
    calls: {},
    normalise: (spec: Spec) => spec,
    references: () => [],
    list: untouched,
    fromWire: untouched,
    toWire: untouched,
    read: untouched,
    create: untouched,
    update: untouched,
    remove: untouched,
    ...kind,
    placements: kind.placements.map((placement) => ({ ...placement, fromSpec: untouched })),
  };
}

function map(properties: Record<string, JsonSchema>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** As the real kinds word it, in place. */
const secret: JsonSchema = {
  ...map({ env: { type: 'string' }, file: { type: 'string' }, command: { type: 'array', items: { type: 'string' } } }),
  minProperties: 1,
  maxProperties: 1,
};

interface Harbour {
  readonly name: string;
  readonly type: string;
}

const harbour = invent<Harbour>({
  name: 'harbour',
  placements: [
    {
      path: 'harbours.*',
      schema: map(
        {
          type: { enum: ['sea-port', 'river-port'] },
          url: { type: 'string' },
          key: map({ user: { type: 'string' }, secret }),
        },
        ['type'],
      ),
      defaultsKey: 'harbour',
      toSpec: (value, names) => ({ name: names[0] ?? '', ...(value as { type: string }) }),
    },
  ],
  identity: ({ name }) => name,
});

interface Berth {
  readonly name: string;
  readonly harbour?: string;
  readonly open?: boolean;
  readonly tide_limit?: number;
}

const berth = invent<Berth>({
  name: 'berth',
  placements: [
    {
      path: 'berths.*',
      schema: map({
        harbour: { type: 'string' },
        open: { type: 'boolean' },
        tide_limit: { type: 'integer', minimum: 0, maximum: 100 },
        depth: {
          anyOf: [
            { type: 'integer', minimum: 1 },
            { type: 'string', pattern: '^[0-9]+m$', description: 'metres, such as 12m' },
          ],
        },
        tags: { type: 'array', items: { type: 'string' }, uniqueItems: true },
      }),
      defaultsKey: 'berth',
      toSpec: (value, names) => ({ name: names[0] ?? '', ...(value as object) }),
    },
  ],
  identity: ({ name }) => name,
  references: ({ harbour: identity }) =>
    identity === undefined ? [] : [{ kind: 'harbour', identity, field: 'harbour' }],
  check: (spec, context): Finding[] => {
    const port =
      spec.harbour === undefined ? undefined : (context.declared('harbour', spec.harbour) as Harbour | undefined);
    return port?.type === 'river-port' && spec.tide_limit !== undefined
      ? [{ rule: 'sea-only-key', field: 'tide_limit', message: 'a river has no tides', hint: 'remove it' }]
      : [];
  },
});

const cargo = invent<{ berth: string; tons: number }>({
  name: 'cargo',
  placements: [
    {
      path: 'berths.*.cargo',
      schema: { type: 'integer', minimum: 0 },
      toSpec: (value, names) => ({ berth: names[0] ?? '', tons: value as number }),
    },
  ],
  deletable: false,
  identity: ({ berth: name }) => name,
});

interface Crew {
  readonly berth: string;
  readonly sailor?: string;
  readonly guild?: string;
  readonly rank: string;
}

const crew = invent<Crew>({
  name: 'crew',
  placements: [
    {
      path: 'berths.*.crew.[]',
      schema: {
        ...map({ sailor: { type: 'string' }, guild: { type: 'string' }, rank: { enum: ['mate', 'captain'] } }, [
          'rank',
        ]),
        oneOf: [{ required: ['sailor'] }, { required: ['guild'] }],
      },
      toSpec: (value, names) => ({ berth: names[0] ?? '', ...(value as { rank: string }) }),
    },
  ],
  identity: ({ berth: name, sailor, guild }) => `${name}/${sailor ?? guild ?? ''}`,
  references: ({ guild }) =>
    guild === undefined ? [] : [{ kind: 'guild', identity: guild, field: 'guild', mayBeUndeclared: true }],
});

const pilot = invent<{ name: string }>({
  name: 'pilot',
  placements: [
    {
      path: 'pilots.*',
      schema: map({ licence: secret }),
      toSpec: (value, [name = '']) => ({ name, ...(value as object) }),
    },
    {
      path: 'berths.*.pilots.*',
      schema: map({ days: { type: 'integer' } }),
      toSpec: (value, [port = '', name = '']) => ({ name: `${port}+${name}`, ...(value as object) }),
    },
  ],
  identity: ({ name }) => name,
});

const light = invent<{ colour: string }>({
  name: 'light',
  placements: [
    {
      path: 'light',
      schema: map({ colour: { type: 'string' }, lamp_secret: secret }),
      toSpec: (value) => value as { colour: string },
    },
  ],
  deletable: false,
  identity: () => 'light',
});

export const inventedKinds: readonly AnyKind[] = [harbour, berth, cargo, crew, pilot, light];
