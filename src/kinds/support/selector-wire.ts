import { list, needed, object, optional, text, type Shape } from '../../shape';

export interface SelectorWire {
  readonly kind: string;
  readonly decoration: string;
  readonly pattern: string;
  /** JSON in a string: `{"untagged":true}`. */
  readonly extras?: string;
}

export const selectorShape: Shape<SelectorWire> = object<SelectorWire>({
  kind: text,
  decoration: needed(text),
  pattern: needed(text),
  extras: optional(text),
});

export const repositorySelectors = object<{ readonly repository?: readonly SelectorWire[] }>({
  repository: optional(list(selectorShape)),
});
