import { compact } from '../../compact';
import type { Diagnostic } from '../../diagnostic';
import { parseYaml } from '../../declaration/yaml/parse';
import { positionOf, sourceText, startOf, type Span } from '../../declaration/yaml/source-text';
import type { TreeNode } from '../../declaration/yaml/tree';
import type { FoundFile } from '../client';
import { jsonFault } from './json-fault';
import { tomlTree } from './toml-tree';

/** A file as a tree, or why it is not one. */
export interface Read {
  /** One for each document; empty if it cannot be read. */
  readonly trees: readonly TreeNode[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What the client does with a file that it cannot read: the end of a sentence. */
export type Consequence = string;

/** @param consequence what the client does with a file that is not TOML */
export function readToml({ path, content }: FoundFile, consequence: Consequence): Read {
  if (content === undefined) return unreadable(path, consequence);
  const result = tomlTree(path, content);
  if ('tree' in result) return { trees: [result.tree], diagnostics: [] };
  const { message, at } = result.problem;
  return { trees: [], diagnostics: [error('toml-syntax', at, `not valid TOML (${message}): ${consequence}`)] };
}

/** One tree for each document. An empty document gives none, because a client treats it as absent, too. */
export function readYaml(file: FoundFile, consequence: Consequence): Read {
  if (file.content === undefined) return unreadable(file.path, consequence);
  const parts = documentsOf(file.content).map((text) => parseYaml(sourceText(file.path, text)));
  return {
    trees: parts.flatMap(({ tree }) => (tree && !(tree.type === 'scalar' && tree.value === null) ? [tree] : [])),
    diagnostics: parts.flatMap(({ diagnostics }) => diagnostics.map((finding) => yamlFinding(finding, consequence))),
  };
}

/** JSON is parsed strictly: clients refuse what YAML allows in addition (comments, trailing commas). */
export function readJson(file: FoundFile, consequence: Consequence): Read {
  const { path, content } = file;
  if (content === undefined) return unreadable(path, consequence);
  const fault = jsonFault(content);
  if (fault === undefined) return readYaml(file, consequence);
  const at = { source: sourceText(path, content), start: fault, end: fault + 1 };
  const found = content[fault] === undefined ? 'it is empty' : `unexpected ${JSON.stringify(content[fault])}`;
  return { trees: [], diagnostics: [error('json-syntax', at, `not valid JSON (${found}): ${consequence}`)] };
}

/**
 * A finding that keeps pulls from the cache or keeps the client from working.
 * @param rule stable name: it is listed in the documentation and can be searched there
 */
export function error(rule: string, at: Span, message: string, hint?: string): Diagnostic {
  return compact({ rule, severity: 'error', message, hint, at: positionOf(at) });
}

/** A finding that pulls may survive, or that rests on something that the files do not show. */
export function warning(rule: string, at: Span, message: string, hint?: string): Diagnostic {
  return { ...error(rule, at, message, hint), severity: 'warning' };
}

/** About a file as a whole. */
export function startOfFile(path: string): Span {
  const source = sourceText(path, '');
  return { source, start: 0, end: 0 };
}

function unreadable(path: string, consequence: Consequence): Read {
  const at = startOf(sourceText(path, ''));
  return {
    trees: [],
    diagnostics: [
      { rule: 'unreadable-file', severity: 'error', message: `${path} cannot be read: ${consequence}`, at },
    ],
  };
}

/** Each document with the others blanked out, so that positions stay those of the file. */
function documentsOf(text: string): string[] {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, i) => (/^---(?:\s|$)/.test(line) ? [i] : []));
  if (starts.length === 0) return [text];
  const bounds = [...(starts[0] === 0 ? [] : [-1]), ...starts];
  return bounds.map((from, i) => {
    const to = bounds[i + 1] ?? lines.length;
    return lines.map((line, at) => (at > from && at < to ? line : ' '.repeat(line.length))).join('\n');
  });
}

/** Syntax that policies must not contain is not an error in the file of another program: it only ends the check. */
function yamlFinding(finding: Diagnostic, consequence: Consequence): Diagnostic {
  if (finding.rule === 'duplicate-key') return { ...finding, message: `${finding.message}: only one of them is used` };
  if (finding.rule === 'yaml-syntax') return { ...finding, message: `${finding.message}: ${consequence}` };
  const { at } = finding;
  return compact({
    rule: 'not-checked',
    severity: 'warning',
    message: `the rest of the file is not checked: ${finding.message}`,
    at,
  });
}
