import type { Json } from '../../json';

/** The compiled schema of the whole declaration. It only says yes or no: for a finding, the schema is compiled again. */
export interface PreparedSchema {
  /** The kinds whose schema it is. */
  readonly kinds: readonly string[];
  readonly accepts: (value: Json) => boolean;
}

/**
 * `npm run build` compiles it into the bundle (`scripts/bundle/prepared-schema.ts`), so that a valid declaration loads and
 * compiles nothing. Elsewhere there is none.
 */
export const prepared: PreparedSchema | undefined = undefined;
