import type { AnyKind, WriteOnly } from '../../src/kinds/kind';
import { code } from './markdown';

/** Pitfalls: those that follow from the kind's rules, and its own. */
export function trapsOf(kind: AnyKind): string[] {
  return [
    ...kind.replaceOn.map(
      (field) => `${code(field)} cannot be changed in place: a change deletes and recreates the object.`,
    ),
    ...kind.writeOnly.map(writeOnlyTrap),
    ...(kind.guarded ?? []).map(
      ({ field, default: usual }) =>
        `${code(field)} is compared with ${code(JSON.stringify(usual))} if it is not declared: a manual change is drift.`,
    ),
    ...(kind.whole ?? []).map(
      (field) => `${code(field)} is compared as a whole: entries that are no longer declared are removed.`,
    ),
    ...bornWithTrap(kind),
    ...(kind.traps ?? []),
  ];
}

function writeOnlyTrap({ field, with: others, why, provable, generated }: WriteOnly): string {
  const tested = { always: 'Every plan tests', 'on-request': '`--prove-secrets` tests' };
  const test = provable === undefined ? '' : ` ${tested[provable]} the one that Harbor holds.`;
  if (generated)
    return `${code(field)} cannot be compared: ${why}. It is written on create, when it is new against \`--base\`, and with \`--rotate\`; each time Harbor generates a new secret.`;
  const along = others.length === 0 ? '' : `; ${others.map(code).join(', ')} cannot change without it`;
  return `${code(field)} cannot be compared: ${why}.${test} It is written on create, with any other change of the object${along}, when it is new against \`--base\`, and with \`--rotate\`.`;
}

function bornWithTrap({ bornWith }: AnyKind): string[] {
  if (!bornWith) return [];
  const how = bornWith.carried ? 'one request creates both' : 'the object that Harbor created is updated';
  return [`Harbor creates it together with its ${bornWith.kind}: ${how}.`];
}
