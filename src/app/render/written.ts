import { printable } from '../../outside/printable';
import { SECRET_LIST, type WrittenReport } from '../policy-directory';
import type { LeftOut, PolicyFile } from '../../export';
import { plural } from '../../plural';

/** Without the content of the files. */
export function writtenAsJson(report: WrittenReport): string {
  const { files, unreadable, unreadableObjects = [], ...rest } = report;
  const document: object = {
    schemaVersion: 1,
    ...rest,
    files: files.map(({ name }) => name),
    /** By kind, or by address. */
    unreadable: Object.fromEntries<string>([
      ...unreadable,
      ...unreadableObjects.map(({ address, reason }): [string, string] => [address, reason]),
    ]),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** After the files comes what is left for a person: secrets to set, and what was left out. */
export function writtenAsText(report: WrittenReport): string {
  const { directory, files, objects, secrets, leftOut, unreadable, unreadableObjects = [], differing } = report;
  const blocks = [
    [`${directory}: ${plural(objects, 'object')} in ${plural(files.length, 'file')}`, ...files.map(fileLine)],
    listed(
      `${plural(secrets.length, 'secret')} to set, listed in ${directory}/${SECRET_LIST}:`,
      secrets.map(({ env, address, field }) => `${env}  ${address}: ${field}`),
    ),
    listed(`${plural(leftOut.length, 'item')} left out:`, leftOut.map(leftOutLine)),
    listed(
      'Not readable with these credentials:',
      [...unreadable].map(([kind, reason]) => `${kind}: ${reason}`),
    ),
    listed(
      'In Harbor, but left out because it cannot be read:',
      unreadableObjects.map(({ address, reason }) => `${address}: ${reason}`),
    ),
    listed('Error in the export: a plan of these files would change the following:', differing),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** With its line in the file, if known. */
export function leftOutLine({ address, field, reason, line }: LeftOut): string {
  return `${line === undefined ? '' : `line ${line}: `}${address}${field === undefined ? '' : ` ${field}`}: ${reason}`;
}

function fileLine({ name }: PolicyFile): string {
  return `  ${name}`;
}

function listed(head: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [head, ...items.map((item) => `  ${printable(item)}`)];
}
