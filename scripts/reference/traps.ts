import type { AnyKind, WriteOnly } from '../../src/kinds/kind';
import { code } from './markdown';

/** What to know before it hurts: what the kind's own rules imply, and what it tells besides. */
export function trapsOf(kind: AnyKind): string[] {
  return [
    ...kind.replaceOn.map(
      (field) => `${code(field)} cannot be changed in place: a change deletes and recreates the object.`,
    ),
    ...kind.writeOnly.map(writeOnlyTrap),
    ...(kind.guarded ?? []).map(
      ({ field, default: usual }) =>
        `${code(field)} is compared with ${code(JSON.stringify(usual))} where it is not declared: turned by hand, it is drift.`,
    ),
    ...(kind.whole ?? []).map((field) => `${code(field)} is compared as a whole: what it no longer lists goes away.`),
    ...bornWithTrap(kind),
    ...(kind.traps ?? []),
  ];
}

function writeOnlyTrap({ field, with: others, why, provable, generated }: WriteOnly): string {
  const tested = { always: 'Every plan tests', 'on-request': '`--prove-secrets` tests' };
  const test = provable === undefined ? '' : ` ${tested[provable]} the one that Harbor holds.`;
  if (generated)
    return `${code(field)} cannot be compared: ${why}. It is written on create, when it is new against \`--base\`, and with \`--rotate\`; each time Harbor makes another secret.`;
  const along = others.length === 0 ? '' : `; ${others.map(code).join(', ')} cannot change without it`;
  return `${code(field)} cannot be compared: ${why}.${test} It is written on create, with any other change of the object${along}, when it is new against \`--base\`, and with \`--rotate\`.`;
}

function bornWithTrap({ bornWith }: AnyKind): string[] {
  if (!bornWith) return [];
  const how = bornWith.carried ? 'the same call makes both' : 'what Harbor made is adopted';
  return [`It is born with its ${bornWith.kind}: ${how}.`];
}
