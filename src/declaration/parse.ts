import type * as ParseAny from './parse-any';
import { plainTree } from './plain-yaml';
import type { SourceText } from './source-text';
import type { Parsed } from './tree-of';

export type { Parsed };

/**
 * YAML 1.2 (core schema), one document. Nothing is composed before its nesting is checked, and nothing that a reviewer
 * could misread is accepted: no directives (`%YAML 1.1` would turn `no` into false), tags or merge keys.
 */
export function parseYaml(source: SourceText): Parsed {
  const tree = plainTree(source);
  if (tree) return { tree, diagnostics: [] };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most files do not need the 72 modules of the yaml package
  const { parseAnyYaml } = require('./parse-any') as typeof ParseAny;
  return parseAnyYaml(source);
}
