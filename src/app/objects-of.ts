import type { Declaration } from '../declaration/declaration';
import type { Json } from '../json';
import type { ConfigurationName, ProjectSpec, QuotaSpec, RegistrySpec, RobotSpec } from '../kinds';

/** Declared settings by name; their types are checked where they are used. */
export type DeclaredConfiguration = { readonly [Name in ConfigurationName]?: Json };

/** Fields of declared objects that are used outside of their kinds, as the kinds type them. */
interface Specs {
  readonly configuration: DeclaredConfiguration;
  readonly project: ProjectSpec;
  readonly quota: QuotaSpec;
  readonly registry: RegistrySpec;
  readonly robot: RobotSpec;
}

/** The declared specs of one kind. */
export function objectsOf<Kind extends keyof Specs>(
  { objects }: Pick<Declaration, 'objects'>,
  kind: Kind,
): Specs[Kind][] {
  // The loader normalizes every spec with the kind of this name.
  return objects.filter((object) => object.kind === kind).map(({ spec }) => spec as Specs[Kind]);
}
