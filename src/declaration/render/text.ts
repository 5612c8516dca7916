import type { Diagnostic, Position } from '../../diagnostic';
import { maskedLines } from './mask';
import { escapeControls } from '../../escape-controls';

/** Secrets in snippets are masked, whatever the options. */
export interface RenderOptions {
  /** Texts by file name, for snippets; findings in other files are shown without a snippet. */
  readonly sources: ReadonlyMap<string, string>;
  /** Wraps words in colour; absent, plain text. */
  readonly paint?: (style: 'error' | 'warning' | 'dim', text: string) => string;
}

/** Maximum number of shown columns; a longer line is cut around the finding. */
const WIDTH = 100;
const CONTEXT_LINES = 2;
const TAB = '    ';

/**
 * As compilers do it, one block a finding:
 *
 *   policies/projects.yaml:7:5: error[unknown-key]: projects.proxy.docker.io.proxy_sped_kb: unknown key
 *     6 |     registry: docker-hub
 *     7 |     proxy_sped_kb: 100
 *       |     ^^^^^^^^^^^^^
 *     hint: did you mean "proxy_speed_kb"?
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  const lines = maskedSources(diagnostics, options.sources);
  const paint = options.paint ?? ((_style, text) => text);
  const blocks = diagnostics.map((diagnostic) => renderOne(diagnostic, lines, paint));
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

/** Each file is split and masked once for all its findings. */
function maskedSources(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): Map<string, string[]> {
  const byFile = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    if (!diagnostic.at) continue;
    const found = byFile.get(diagnostic.at.file);
    if (found) found.push(diagnostic);
    else byFile.set(diagnostic.at.file, [diagnostic]);
  }
  const known = [...byFile].filter(([file]) => sources.has(file));
  return new Map(known.map(([file, found]) => [file, maskedLines(sources.get(file) ?? '', found)]));
}

type Paint = NonNullable<RenderOptions['paint']>;

function renderOne(diagnostic: Diagnostic, sources: ReadonlyMap<string, string[]>, paint: Paint): string {
  const { rule, severity, message, hint, at } = diagnostic;
  const place = at ? `${escapeControls(at.file)}:${at.line}:${at.column}: ` : '';
  const parts = [`${place}${paint(severity, `${severity}[${rule}]`)}: ${escapeControls(message)}`];
  const lines = at && sources.get(at.file);
  if (at && lines) parts.push(...snippet(lines, at).map((line) => paint('dim', line)));
  if (hint !== undefined) parts.push(`  hint: ${escapeControls(hint)}`);
  return parts.join('\n');
}

function snippet(lines: readonly string[], at: Position): string[] {
  const line = lines[at.line - 1];
  if (line === undefined || (line === '' && lines.length === 1)) return [];
  const gutter = String(at.line).length + 2;
  const from = windowStart(at);
  const shown = [];
  // Next to a part of a long line its neighbors explain nothing.
  for (let number = from > 0 ? at.line : Math.max(1, at.line - CONTEXT_LINES); number <= at.line; number += 1) {
    shown.push(`${String(number).padStart(gutter)} | ${cut(lines[number - 1] ?? '', from)}`.trimEnd());
  }
  return [...shown, `${' '.repeat(gutter)} | ${caret(line, at, from)}`];
}

/** First column that is shown, counted from 0. */
function windowStart({ column }: Position): number {
  return column <= WIDTH - 20 ? 0 : column - 21;
}

function cut(line: string, from: number): string {
  const before = from > 0 && line.length > from ? '…' : '';
  return before + displayed(line.slice(from, from + WIDTH)) + (line.length > from + WIDTH ? '…' : '');
}

/** Measured as shown: a tab and an unprintable character are wider on the screen than in the file. */
function caret(line: string, { column, endColumn }: Position, from: number): string {
  const start = column - 1;
  const end = Math.min(endColumn === undefined ? column : endColumn - 1, from + WIDTH);
  const indent = (from > 0 ? 1 : 0) + displayed(line.slice(from, start)).length;
  return ' '.repeat(indent) + '^'.repeat(Math.max(1, displayed(line.slice(start, end)).length));
}

function displayed(text: string): string {
  return escapeControls(text.replaceAll('\t', TAB));
}

/** One document for programs: `schemaVersion`, counts, findings in order. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[]): object {
  const count = (severity: Diagnostic['severity']) => diagnostics.filter((one) => one.severity === severity).length;
  return { schemaVersion: 1, errors: count('error'), warnings: count('warning'), diagnostics };
}
