import {
  checkReferences,
  renderCheck,
  renderCheckMarkdown,
  renderInventory,
  suggest,
  type Cache,
  type FailOn,
  type Inventory,
  type InventoryFormat,
  type InventoryWaiver,
} from '../../inventory';
import { today } from '../today';
import { version } from '../version';

export { FAIL_ON, INVENTORY_FORMATS, RECORD_NAME, type FailOn } from '../../inventory';

/** Parts of one document, which may be long; `failed` counts the references that `check` refuses. */
export interface ShownInventory {
  readonly pieces: Iterable<string>;
  readonly failed: number;
}

/** `failOn` and `waivers` are used by `check` only. */
export interface InventoryChoice {
  readonly action: 'scan' | 'check' | 'suggest';
  readonly format: string;
  readonly failOn: FailOn;
  readonly waivers: readonly InventoryWaiver[];
}

/** In pieces: a report of 100,000 files is not one string. */
export function inventoryAs(
  { action, format, failOn, waivers }: InventoryChoice,
  inventory: Inventory,
  cache: Cache,
): ShownInventory {
  if (action === 'suggest') return { pieces: [suggest(inventory.references, cache)], failed: 0 };
  const whole = (shown: Inventory): Iterable<string> => renderInventory(format as InventoryFormat, shown, version);
  if (action === 'scan') return { pieces: whole(inventory), failed: 0 };
  const checked = checkReferences(inventory.references, failOn, waivers, today());
  const { failed } = checked;
  if (format === 'text') return { pieces: [renderCheck(checked, failOn)], failed: failed.length };
  const pieces =
    format === 'markdown' ? renderCheckMarkdown(checked, failOn) : whole({ ...inventory, references: failed });
  return { pieces, failed: failed.length };
}
