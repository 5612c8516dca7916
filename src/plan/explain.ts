import { compact } from '../compact';
import { compareText } from '../compare-text';
import type { Declaration } from '../declaration/declaration';
import { buildWorld } from './build-world';
import { compare, fieldsGone, valueAt } from './diff';
import { pathsTouch } from './field-path';
import type { PlanInput } from './make-plan';
import type { Change, ExplainedField, ExplainedObject, FieldChange, Plan } from './plan';
import { chosenAddresses } from './targets';
import type { Declared, Found } from './world';

type Origins = Pick<Declaration, 'originOf'>;

/**
 * Adds to the plan where each changed field is declared, and the unchanged fields: of every object that changes, and of
 * every object that `--target` names. Pure.
 */
export function withExplanations(plan: Plan, input: PlanInput): Plan {
  const world = buildWorld(input.declaration, input.current, input.kinds);
  const changes = new Map(plan.changes.map((change) => [change.address, change]));
  const named = chosenAddresses(world, input.targets).filter((address) => !changes.has(address));
  const explained = [...changes.keys(), ...named.sort()].flatMap((address): ExplainedObject[] => {
    const found = world.found.get(address);
    const change = changes.get(address);
    if (!found || change?.action === 'create' || change?.action === 'delete') return [];
    const declared = world.declared.get(address);
    const fields = fieldsOf(found, declared, change, input.declaration);
    return [compact({ address, kind: found.rules.name, changes: change !== undefined, fields, at: declared?.at })];
  });
  return { ...withOrigins(plan, input.declaration), explained };
}

/**
 * Fields of an object that do not change, sorted by path: what Harbor has, and the declared secrets, which Harbor never
 * returns. A field that differs is here only if the plan leaves it alone (mode create-only, or --target names others);
 * its declared value is then `wanted`.
 */
function fieldsOf(
  { live, rules }: Found,
  declared: Declared | undefined,
  change: Change | undefined,
  { originOf }: Origins,
): ExplainedField[] {
  const changed = change?.fields ?? [];
  const differing = declared ? compare(declared.spec, live.spec, rules) : [];
  const secrets = rules.writeOnly.flatMap(({ field }): FieldChange[] => {
    const value = declared && valueAt(declared.spec, field);
    return value === undefined ? [] : [{ path: field, before: value }];
  });
  const isSecret = (path: string): boolean => secrets.some((secret) => secret.path === path);
  const rows = [...fieldsGone(live.spec, rules).filter(({ path }) => !isSecret(path)), ...secrets];
  return rows
    .filter(({ path }) => !changed.some((one) => pathsTouch(one.path, path)))
    .map(({ path, before, shown }): ExplainedField => {
      const isDeclared = declared !== undefined && valueAt(declared.spec, path) !== undefined;
      const wanted = differing.find((one) => one.path === path);
      return compact({
        path: shown?.path ?? path,
        value: before,
        shown: shown?.before,
        wanted: wanted?.after,
        state: isSecret(path)
          ? ('secret' as const)
          : isDeclared
            ? ('declared' as const)
            : stateOfUndeclared(path, rules.guarded ?? [], change),
        from: isDeclared ? originOf?.(declared.address, path) : undefined,
      });
    })
    .sort((a, b) => compareText(a.path, b.path));
}

/**
 *       the field                                  state
 *       is in `guarded` of its kind                guarded: compared with its default
 *       the object is deleted and created again    lost: it gets its default
 *       anything else                              undeclared: stays as it is
 */
function stateOfUndeclared(
  path: string,
  guarded: readonly { readonly field: string }[],
  change: Change | undefined,
): ExplainedField['state'] {
  if (guarded.some(({ field }) => pathsTouch(field, path))) return 'guarded';
  return change?.action === 'replace' ? 'lost' : 'undeclared';
}

/** Only for fields with a declared value: for a field that goes away there is no place to show. */
function withOrigins(plan: Plan, { originOf }: Origins): Plan {
  return {
    ...plan,
    changes: plan.changes.map((change) => ({
      ...change,
      fields: change.fields.map((field) =>
        compact({ ...field, from: field.after === undefined ? undefined : originOf?.(change.address, field.path) }),
      ),
    })),
  };
}

/** The plan as `apply` approves it: positions of values are not part of the approval. */
export function withoutExplanations({ explained: _explained, ...plan }: Plan): Plan {
  return {
    ...plan,
    changes: plan.changes.map((change) => ({
      ...change,
      fields: change.fields.map(({ from: _from, ...field }) => field),
    })),
  };
}
