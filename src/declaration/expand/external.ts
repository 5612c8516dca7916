import type { Diagnostic } from '../../diagnostic';
import { addressOf } from '../../kinds/kind';
import type { JsonSchema } from '../../kinds/kind';
import type { ExternalObject } from '../declaration';
import { positionOf } from '../yaml/source-text';
import { childOf, type Entry, type MapNode, type TreeNode } from '../yaml/tree';

/** The one section whose objects may be managed elsewhere, and its kind: projects and replications refer to them. */
const SECTION = 'registries';
const KIND = 'registry';
const KEY = 'external';

/** The declaration in two parts: what is managed here, and what is only referred to. */
export interface TakenExternal {
  /** Without the external ones, because these policies do not manage them. */
  readonly root: TreeNode;
  readonly external: readonly ExternalObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Takes the external registries out of the declaration. Before the defaults, which apply to managed objects only: a
 * default would look like a declared field.
 *
 *      registries:
 *        hub:  { type: docker-hub, … }      stays in `root`
 *        corp: { external: true }           only its address: projects may name it, and no plan changes it
 */
export function takeExternal(root: TreeNode): TakenExternal {
  const section = childOf(root, SECTION);
  const marked = section?.type === 'map' ? [...section.entries].filter(isMarked) : [];
  if (root.type !== 'map' || section?.type !== 'map' || marked.length === 0)
    return { root, external: [], diagnostics: [] };
  const names = new Set(marked.map(([name]) => name));
  const rest = new Map([...section.entries].filter(([name]) => !names.has(name)));
  const entry = root.entries.get(SECTION) as Entry;
  const entries = new Map(root.entries).set(SECTION, { ...entry, value: { ...section, entries: rest } });
  return {
    root: { ...root, entries },
    external: marked.map(([identity, { key }]) => ({
      kind: KIND,
      identity,
      address: addressOf(KIND, identity),
      at: positionOf(key),
    })),
    diagnostics: marked.flatMap(([name, { value }]) => (value.type === 'map' ? faultsOf(name, value) : [])),
  };
}

/** Also with a wrong value such as `external: yes`: its own finding is clearer than that of a missing type. */
function isMarked([, { value }]: readonly [string, Entry]): boolean {
  return value.type === 'map' && value.entries.has(KEY);
}

/** `true` without any field: a field would look as if it were compared. */
function faultsOf(name: string, { entries }: MapNode): Diagnostic[] {
  const path = `${SECTION}.${name}`;
  const mark = entries.get(KEY)!;
  if (mark.value.type !== 'scalar' || mark.value.value !== true) {
    const at = positionOf(mark.value.span);
    const message = `${path}.${KEY}: must be true`;
    return [
      {
        rule: 'external',
        severity: 'error',
        message,
        hint: `remove it to manage ${name} here`,
        at,
        path: `${path}.${KEY}`,
      },
    ];
  }
  return [...entries]
    .filter(([key]) => key !== KEY)
    .map(([key, entry]) => ({
      rule: 'external',
      severity: 'error' as const,
      message: `${path}.${key}: ${name} is managed elsewhere, so nothing of it can be declared`,
      hint: `remove ${key}, or remove ${KEY} to manage ${name} here`,
      at: positionOf(entry.key),
      path: `${path}.${key}`,
    }));
}

/** The schema for editors: a registry may be managed elsewhere. Validation never sees those: see `takeExternal`. */
export function withExternal(schema: JsonSchema): JsonSchema {
  const properties = schema['properties'] as Record<string, JsonSchema>;
  const section = properties[SECTION];
  if (!section) return schema;
  const external = {
    title: 'Managed elsewhere',
    type: 'object',
    properties: {
      [KEY]: {
        description: 'Managed elsewhere: it can be referred to, and is never changed. Harbor must have it.',
        const: true,
      },
    },
    required: [KEY],
    additionalProperties: false,
  };
  const own = section['additionalProperties'];
  return {
    ...schema,
    properties: { ...properties, [SECTION]: { ...section, additionalProperties: { anyOf: [own, external] } } },
  };
}
