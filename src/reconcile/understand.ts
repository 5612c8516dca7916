import { compact } from '../compact';
import type { AnyKind, Live, Unreadable } from '../kinds/kind';
import { faultsOf, type Faults } from '../shape';
import { textOf } from './failure';
import type { LearningRefs } from './refs';

/** Every object of the list is in one of the two. */
export interface Understood {
  readonly live: readonly Live<object>[];
  readonly unreadable: readonly Unreadable[];
}

/** The objects of one kind. An invalid object is reported, and the others are still read. */
export function understand(kind: AnyKind, wires: readonly unknown[], refs: LearningRefs): Understood {
  const live: Live<object>[] = [];
  const unreadable: Unreadable[] = [];
  for (const wire of wires) {
    const found = readOne(kind, wire, refs);
    if ('reason' in found) unreadable.push(found);
    else live.push(found);
  }
  return { live, unreadable };
}

/**
 * One object that cannot be understood does not fail its kind. It has no address if even its name is
 * unreadable.
 */
function readOne(kind: AnyKind, wire: unknown, refs: LearningRefs): Live<object> | Unreadable {
  const faults = faultsOf(wire);
  if (faults?.project !== undefined) return ofWholeProject(kind, faults.project, faults.reason);
  let live: Live<object>;
  try {
    live = kind.fromWire(wire, refs) as Live<object>;
  } catch (error) {
    return { kind: kind.name, address: `${kind.name}/(unknown)`, anonymous: true, reason: textOf(error) };
  }
  // Others refer to its id, even if the object itself is invalid.
  if (live.faults?.anonymous !== true && live.id !== 0) refs.learn(kind.name, live.identity, live.id);
  return live.faults ? unreadableOne(kind, live, live.faults) : live;
}

/** The list of a project could not be read as one, so any object of this kind in it may exist. */
function ofWholeProject({ name }: AnyKind, project: string, reason: string): Unreadable {
  return { kind: name, address: `${name}/${project}`, reason, anonymous: true, project };
}

/** The address is as precise as what could be read: by name, by id in its project, or by id alone. */
function unreadableOne(kind: AnyKind, live: Live<object>, { anonymous, reason, leftOver }: Faults): Unreadable {
  const head = compact<Omit<Unreadable, 'address'>>({ kind: kind.name, reason, leftOver });
  if (!anonymous) return { ...head, address: `${kind.name}/${live.identity}` };
  const owner = kind.references(live.spec).find((to) => to.owner && to.kind === 'project')?.identity;
  const id = live.id ? `(id ${live.id})` : '(without id)';
  if (!owner) return { ...head, address: `${kind.name}/${id}`, anonymous };
  return { ...head, address: `${kind.name}/${owner}/${id}`, anonymous, project: owner };
}
