import { plural } from '../../plural';
import type { InventoryEvent } from '../events';
import { err, out, type Words } from './said';

/** Events of `inventory`: rewritten names are results. */
export const inventoryWords: Words<InventoryEvent> = {
  'inventory-note': ({ message }) => err(`${message}\n`),
  'inventory-problem': ({ problem: { file, line, column, message } }) =>
    err(`${file}${line === undefined ? '' : `:${line}:${column}`}: ${message}\n`),
  rewritten: ({ file: { file, edits, diff, isApproximate }, write }) => [
    ...(isApproximate ? err(`${file}: no matching record: names are restored in their short form\n`) : []),
    ...out(write ? `${file}: ${plural(edits, 'edit')}\n` : diff),
  ],
};
