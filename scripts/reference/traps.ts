import type { AnyKind, WriteOnly } from '../../src/kinds/kind';
import { code } from './markdown';

/** What to know before it hurts: what the kind's own rules imply, and what it tells besides. */
export function trapsOf(kind: AnyKind): string[] {
  return [
    ...kind.replaceOn.map(
      (field) => `${code(field)} cannot be changed in place: a change deletes the object and makes it anew.`,
    ),
    ...kind.writeOnly.map(writeOnlyTrap),
    ...(kind.whole ?? []).map((field) => `${code(field)} is compared as a whole: what it no longer lists goes away.`),
    ...bornWithTrap(kind),
    ...(kind.traps ?? []),
  ];
}

function writeOnlyTrap({ field, with: others, why }: WriteOnly): string {
  const along = others.length === 0 ? '' : `, whenever ${others.map(code).join(' or ')} changes`;
  return `${code(field)} is not answered by Harbor, so that no plan can see it differ. It is written on create${along}, and with \`--rotate\`: ${why}.`;
}

function bornWithTrap({ bornWith }: AnyKind): string[] {
  if (!bornWith) return [];
  const how = bornWith.carried ? 'the same call makes both' : 'what Harbor made is adopted';
  return [`It is born with its ${bornWith.kind}: ${how}.`];
}
