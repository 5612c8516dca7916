export {
  checkReferences,
  FAIL_ON,
  INVENTORY_FORMATS,
  RECORD_NAME,
  renderCheck,
  renderCheckMarkdown,
  renderInventory,
  suggest,
  type FailOn,
  type InventoryFormat,
} from '../../inventory';
