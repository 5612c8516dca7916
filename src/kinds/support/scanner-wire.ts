import { flag, key, object, optional, text, type Shape } from '../../shape';

/** As returned. The credential is never in it, and capabilities are not read. */
export interface ScannerWire {
  /** Another one after the scanner was deleted and created again. */
  readonly uuid?: string;
  readonly name: string;
  readonly description?: string;
  readonly url?: string;
  /** Empty: no login. */
  readonly auth?: string;
  readonly skip_certVerify?: boolean;
  readonly use_internal_addr?: boolean;
  readonly disabled?: boolean;
  readonly is_default?: boolean;
}

/** Only the name is needed, because it is the identity. */
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
