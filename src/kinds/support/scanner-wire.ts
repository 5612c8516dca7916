import { flag, key, object, optional, text, type Shape } from '../../shape';

export interface ScannerWire {
  readonly uuid?: string;
  readonly name: string;
  readonly description?: string;
  readonly url?: string;
  readonly auth?: string;
  readonly skip_certVerify?: boolean;
  readonly use_internal_addr?: boolean;
  readonly disabled?: boolean;
  readonly is_default?: boolean;
}

export const scannerShape: Shape<ScannerWire> = object<ScannerWire>({
  uuid: optional(text),
  name: key(text),
  description: optional(text),
  url: optional(text),
  auth: optional(text),
  skip_certVerify: optional(flag),
  use_internal_addr: optional(flag),
  disabled: optional(flag),
  is_default: optional(flag),
});
