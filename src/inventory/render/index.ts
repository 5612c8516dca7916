import type { Inventory } from '../report';
import { renderCsv } from './csv';
import { renderHtml } from './html';
import { renderJson } from './json';
import { renderMarkdown } from './markdown';
import { renderSarif } from './sarif';
import { renderText } from './text';

/** Also the values of `--format`; the first is the default. */
export const INVENTORY_FORMATS = ['text', 'json', 'csv', 'sarif', 'markdown', 'html'] as const;
/** One of them; every one renders all references. */
export type InventoryFormat = (typeof INVENTORY_FORMATS)[number];

/** Chunks of the output, so that the report of a large tree need not fit in memory. */
const RENDERERS: Readonly<Record<InventoryFormat, (inventory: Inventory, version: string) => Iterable<string>>> = {
  text: renderText,
  json: renderJson,
  csv: renderCsv,
  sarif: renderSarif,
  markdown: (inventory) => renderMarkdown(inventory),
  html: renderHtml,
};

/**
 * In chunks, so that the caller can write while the rest is made. `version` is that of Breakwater, for formats that
 * name their tool.
 */
export function renderInventory(format: InventoryFormat, inventory: Inventory, version: string): Iterable<string> {
  return RENDERERS[format](inventory, version);
}
