import { list, needed, object, optional, text, type Shape } from '../../shape';

/** Of a retention rule or an immutable tag rule. `kind` is always `doublestar`. */
export interface SelectorWire {
  readonly kind: string;
  /** `matches` or `excludes` for tags, `repoMatches` or `repoExcludes` for repositories. */
  readonly decoration: string;
  readonly pattern: string;
  /** JSON in a string: `{"untagged":true}`. */
  readonly extras?: string;
}

/** Decoration and pattern decide what is deleted or protected, so both are needed. */
export const selectorShape: Shape<SelectorWire> = object<SelectorWire>({
  kind: text,
  decoration: needed(text),
  pattern: needed(text),
  extras: optional(text),
});

/** The only scope that rules have here: repositories. */
export const repositorySelectors = object<{ readonly repository?: readonly SelectorWire[] }>({
  repository: optional(list(selectorShape)),
});
