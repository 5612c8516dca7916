import { Composer, type CST, type Document, type YAMLParseError } from 'yaml';
import type { Diagnostic } from '../../diagnostic';
import { withoutStacks } from '../../without-stacks';
import { boundedTokens } from './bounded-tokens';
import { positionOf, type SourceText } from './source-text';
import { syntaxWords } from './syntax-words';
import type { TreeNode } from './tree';
import { treeOf } from './tree-of';

/** Both may be there: a tree with warnings. */
export interface Parsed {
  /** Absent if the text cannot be used, or if the file is empty. */
  readonly tree?: TreeNode;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * YAML 1.2 (core schema), one document. Nothing is composed before its nesting is checked, and nothing that a reviewer
 * could misread is accepted: no directives (`%YAML 1.1` would turn `no` into false), tags or merge keys.
 */
export function parseYaml(source: SourceText): Parsed {
  const { tokens, refusal } = boundedTokens(source);
  if (refusal) return { diagnostics: [refusal] };
  const document = compose(tokens, source.text.length);
  if (document.errors.length > 0) return { diagnostics: syntaxFindings(document, source) };
  return document.contents ? treeOf(document.contents, source) : { diagnostics: [] };
}

function compose(tokens: readonly CST.Token[], endOffset: number): Document.Parsed {
  // A megabyte of commas causes half a million errors.
  return withoutStacks(() => composeOne(tokens, endOffset));
}

function composeOne(tokens: readonly CST.Token[], endOffset: number): Document.Parsed {
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, stringKeys: true });
  for (const document of composer.compose(tokens, true, endOffset)) return document;
  throw new TypeError('the YAML composer answered no document although one was forced');
}

/** Only the first: the others follow from it. */
function syntaxFindings(document: Document.Parsed, source: SourceText): Diagnostic[] {
  const first = document.errors.reduce<YAMLParseError | undefined>(
    (found, error) => (found && found.pos[0] <= error.pos[0] ? found : error),
    undefined,
  );
  if (!first) return [];
  const [start, end] = first.pos;
  const at = positionOf({ source, start, end });
  return [{ rule: 'yaml-syntax', severity: 'error', ...syntaxWords(first, source), at }];
}
