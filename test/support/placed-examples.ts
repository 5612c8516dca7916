import fc from 'fast-check';
import type { Json } from '../../src/json';
import { kitted } from '../kinds/kits';

/** The value where a placement puts it: `projects.*.members[]` in a map, a list. */
function placed(path: string, value: Json): Json {
  const steps = path.split('.').flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), '[]'] : [step]));
  return steps.reduceRight<Json>(
    (inner, step) => (step === '[]' ? [inner] : { [step === '*' ? 'x' : step]: inner }),
    value,
  );
}

/** Declarations with one value each, right and wrong, by its placement. */
export const placedExamples: readonly (readonly [path: string, declaration: Json])[] = kitted.flatMap(({ kit }) =>
  Object.entries(kit.places).flatMap(([path, { valid, invalid }]) =>
    [...valid, ...invalid.map(([value]) => value)].map((value) => [path, placed(path, value)] as const),
  ),
);

/** Any mixture of them, with strange values beside them. */
export function mixedExamples(): fc.Arbitrary<Json> {
  const key = fc.constantFrom('registries', 'projects', 'robots', 'x', 'constructor', '__proto__', 'defaults');
  const part = fc.constantFrom(...placedExamples).map(([, declaration]) => declaration);
  const strange = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>);
  return fc.tuple(part, part, strange).map((parts) => Object.assign({}, ...parts) as Json);
}
