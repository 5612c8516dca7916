import { isRecord, type Json } from '../json';
import { atTopLevel, topLevelField } from '../plan/field-path';
import type { Rule } from './rule';

/**
 * Pull is allowed, unless it is new for every project (`*`). Fewer permissions are never a finding. A robot that is
 * created or replaced has a new secret, which nobody holds yet; HP012 and HP044 judge its declaration.
 */
export const hp053: Rule = {
  id: 'HP053',
  title: 'no change gives an existing robot more than pull permission',
  severity: 'medium',
  why: "The robot's secret is already in use: everyone who has it gets the new permissions at once (Harbor docs: robot accounts).",
  planned: {
    judge: (changes) =>
      changes
        .filter(({ kind, action }) => kind === 'robot' && action === 'update')
        .flatMap(({ address, fields }) => {
          const more = fields
            .filter(({ path }) => ['access', 'system', 'projects'].includes(topLevelField(path)))
            .flatMap(({ path, before, after }) => added(atTopLevel(path, before), atTopLevel(path, after)))
            .filter((right) => right !== 'repository:pull');
          if (more.length === 0) return [];
          return [
            {
              address,
              message: `it gets additional permissions: ${[...new Set(more)].join(', ')}`,
              hint: 'declare a new robot for the new task; add a waiver if you know everyone who has this secret',
            },
          ];
        }),
    good: [
      {
        action: 'update',
        kind: 'robot',
        address: 'robot/ci',
        fields: [{ path: 'access', before: ['repository:pull', 'repository:push'], after: ['repository:pull'] }],
      },
    ],
    bad: [
      {
        action: 'update',
        kind: 'robot',
        address: 'robot/ci',
        fields: [
          {
            path: 'projects["proxy.docker.io"]',
            before: ['repository:pull'],
            after: ['repository:pull', 'repository:push'],
          },
        ],
      },
    ],
  },
};

/** Pairs that are in `after` and not in `before`, in lists or in maps of lists; `*` with what it is new for. */
function added(before: Json | undefined, after: Json | undefined): string[] {
  if (isRecord(after))
    return Object.entries(after).flatMap(([name, pairs]) => {
      const known = isRecord(before) ? before[name] : undefined;
      const more = added(known, pairs);
      return name === '*' && known === undefined ? more.map((pair) => `${pair} on every project`) : more;
    });
  return pairsOf(after).filter((pair) => !pairsOf(before).includes(pair));
}

function pairsOf(value: Json | undefined): string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((pair) => typeof pair === 'string') : [];
}
