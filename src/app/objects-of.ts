import type { Declaration } from '../declaration/declaration';

/** The declared specs of one kind. The caller names the part of the spec that it reads. */
export function objectsOf<Spec extends object>(declaration: Declaration, kind: string): Spec[] {
  return declaration.objects.filter((object) => object.kind === kind).map(({ spec }) => spec as Spec);
}
