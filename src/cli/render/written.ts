import { printable } from '../../outside/printable';
import type { LeftOut, PolicyFile, SecretToSet } from '../../export';
import type { Unreadable } from '../../kinds/kind';
import { plural } from '../../plural';

export const SECRET_LIST = 'secrets.env.example';

/** What became of an export or an import: the same words for both. */
export interface WrittenReport {
  readonly directory: string;
  readonly files: readonly PolicyFile[];
  readonly objects: number;
  readonly secrets: readonly SecretToSet[];
  /** What could not be written down, with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** Kinds that these credentials may not read, with Harbor's words. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** Objects that Harbor has and that could not be understood. Absent: none. */
  readonly unreadableObjects?: readonly Unreadable[];
  /** Addresses that a plan of what was written would change at once. */
  readonly differing: readonly string[];
}

export function writtenAsJson(report: WrittenReport): string {
  const { files, unreadable, unreadableObjects = [], ...rest } = report;
  const document = {
    schemaVersion: 1,
    ...rest,
    files: files.map(({ name }) => name),
    /** By kind, or by address. */
    unreadable: Object.fromEntries([
      ...unreadable,
      ...unreadableObjects.map(({ address, reason }) => [address, reason]),
    ]),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function writtenAsText(report: WrittenReport): string {
  const { directory, files, objects, secrets, leftOut, unreadable, unreadableObjects = [], differing } = report;
  const blocks = [
    [`${directory}: ${plural(objects, 'object')} in ${plural(files.length, 'file')}`, ...files.map(fileLine)],
    listed(
      `${plural(secrets.length, 'secret')} to set, listed in ${directory}/${SECRET_LIST}:`,
      secrets.map(({ env, address, field }) => `${env}  ${address}: ${field}`),
    ),
    listed(
      `${plural(leftOut.length, 'thing')} left out:`,
      leftOut.map(({ address, field, reason }) => `${address}${field === undefined ? '' : ` ${field}`}: ${reason}`),
    ),
    listed(
      'Not readable with these credentials:',
      [...unreadable].map(([kind, reason]) => `${kind}: ${reason}`),
    ),
    listed(
      'In Harbor, and left out because it cannot be read:',
      unreadableObjects.map(({ address, reason }) => `${address}: ${reason}`),
    ),
    listed('A plan of these files would change, and should not:', differing),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function fileLine({ name }: PolicyFile): string {
  return `  ${name}`;
}

function listed(head: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [head, ...items.map((item) => `  ${printable(item)}`)];
}
