import { grouped } from '../../grouped';
import type { Plan, UnmanagedObject } from '../plan';
import { actText, creatorsText } from './history';
import { escapeControls } from '../../escape-controls';

/** Maximum number of objects of one kind in a group. The JSON has the whole list. */
const MOST_OF_A_KIND = 20;

/** Some undeclared objects in Harbor, under a common heading. */
export interface UnmanagedGroup {
  readonly title: string;
  /** One line per object, safe to print. */
  readonly lines: readonly string[];
  readonly isAccepted: boolean;
}

/** First what was removed from the files, then what was never declared, then what is accepted. Empty groups are left out. */
export function unmanagedGroups({ unmanaged }: Plan): UnmanagedGroup[] {
  const accepted = unmanaged.filter((object) => object.accepted !== undefined);
  const open = unmanaged.filter((object) => object.accepted === undefined);
  const removed = open.filter((object) => object.removed);
  const never = open.filter((object) => !object.removed);
  return [
    group('Removed from the files, still in Harbor', removed, false),
    group('Not declared, in Harbor', never, false),
    group('Not declared, accepted in `unmanaged`', accepted, true),
  ].filter(({ lines }) => lines.length > 0);
}

function group(title: string, objects: readonly UnmanagedObject[], isAccepted: boolean): UnmanagedGroup {
  const count = objects.length === 1 ? '1 object' : `${objects.length} objects`;
  return { title: `${title}: ${count}`, lines: linesOf(objects), isAccepted };
}

function linesOf(objects: readonly UnmanagedObject[]): string[] {
  return [...grouped(objects, ({ kind }) => kind)].flatMap(([kind, all]) => {
    const left = all.length - MOST_OF_A_KIND;
    const more = left > 0 ? [`… and ${left} more of kind ${kind} (--format json lists all)`] : [];
    return [...all.slice(0, MOST_OF_A_KIND).map(lineOf), ...more];
  });
}

function lineOf(object: UnmanagedObject): string {
  const notes = notesOf(object);
  return escapeControls(notes.length === 0 ? object.address : `${object.address} (${notes.join('; ')})`);
}

/**
 * Behind the address, in parentheses: why it is there, and what a plan would do with it. What deletes it is only named
 * if nothing prevents that: an object in use, an accepted one and one that Harbor cannot delete stay.
 */
function notesOf({
  accepted,
  removed,
  pruned,
  permanent,
  inUse,
  fromInstallation,
  created,
}: UnmanagedObject): string[] {
  return [
    ...(accepted === undefined ? [] : [accepted]),
    ...(fromInstallation ? ['created at installation'] : []),
    ...(created ? [actText('created', created)] : []),
    ...(permanent ? ['Harbor cannot delete it; it keeps its last values'] : []),
    ...(inUse ? ['a declared object refers to it, so it is never deleted'] : []),
    ...(removed && !permanent && !inUse && accepted === undefined ? ['--prune removed deletes it'] : []),
    ...(pruned && !removed && !inUse && accepted === undefined ? ['its kind is in prune'] : []),
  ];
}

/** What is unknown about undeclared objects, a sentence each. */
export function notKnownTexts(plan: Plan): string[] {
  return [creatorsText(plan), unseenText(plan)].filter((text) => text !== undefined);
}

/** Kinds that were not read, in one sentence; undefined if all were. */
function unseenText({ unseen = [] }: Plan): string | undefined {
  if (unseen.length === 0) return undefined;
  const kinds = unseen.map(({ kind, reason }) => `${kind} (${reason})`).join('; ');
  return escapeControls(`Not completely searched for undeclared objects: ${kinds}`);
}
