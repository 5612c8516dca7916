import type { InventoryEvent } from '../../app/events';
import { plural } from '../../plural';
import type { Where, Words } from './events';

/** Events of `inventory`: what is rewritten is a result, on stdout. */
export function inventoryWords({ terminal }: Pick<Where, 'terminal'>): Words<InventoryEvent> {
  return {
    'inventory-note': ({ message }) => terminal.err(`${message}\n`),
    'inventory-problem': ({ problem: { file, line, column, message } }) =>
      terminal.err(`${file}${line === undefined ? '' : `:${line}:${column}`}: ${message}\n`),
    rewritten: ({ file: { file, edits, diff, isApproximate }, write }) => {
      if (isApproximate) terminal.err(`${file}: no matching record: names are restored in their short form\n`);
      terminal.out(write ? `${file}: ${plural(edits, 'edit')}\n` : diff);
    },
  };
}
