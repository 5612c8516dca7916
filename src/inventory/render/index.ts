import type { Inventory } from '../report';
import { renderCsv } from './csv';
import { renderJson } from './json';
import { renderMarkdown } from './markdown';
import { renderSarif } from './sarif';
import { renderText } from './text';

export const INVENTORY_FORMATS = ['text', 'json', 'csv', 'sarif', 'markdown'] as const;
export type InventoryFormat = (typeof INVENTORY_FORMATS)[number];

const RENDERERS: Readonly<Record<InventoryFormat, (inventory: Inventory, version: string) => string>> = {
  text: renderText,
  json: renderJson,
  csv: renderCsv,
  sarif: renderSarif,
  markdown: renderMarkdown,
};

export function renderInventory(format: InventoryFormat, inventory: Inventory, version: string): string {
  return RENDERERS[format](inventory, version);
}
