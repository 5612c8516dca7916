import { Document, isMap, isCollection, visit } from 'yaml';
import type { Json, JsonObject } from '../../src/json';
import type { Example } from '../../src/kinds/kind';

/** A collection of plain values up to this length is on one line. */
const SHORT = 60;

/** A declaration with one object in it, at `path`. */
export function declarationOf(path: string, { names, value }: Example): JsonObject {
  const left = [...names];
  const steps = path.split('.').map((step) => (step === '*' ? (left.shift() ?? 'NAME') : step));
  return steps.reduceRight<Json>((inner, step) => (step === '[]' ? [inner] : { [step]: inner }), value) as JsonObject;
}

export function exampleYaml(path: string, example: Example): string {
  const document = new Document(declarationOf(path, example));
  visit(document, {
    Collection(_key, node) {
      const value = node.toJSON() as object;
      const isLeaf = node.items.every((item) => !isCollection(isMap(node) ? (item as { value: unknown }).value : item));
      if (isLeaf && JSON.stringify(value).length <= SHORT) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 }).trimEnd();
}
