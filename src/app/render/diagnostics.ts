import { diagnosticsToJson, renderDiagnostics } from '../../declaration/render/text';
import type { Diagnostic } from '../../diagnostic';
import { plain, type Paint } from './paint';

const STYLES = { error: 'red', warning: 'yellow', dim: 'dim' } as const;

/**
 * Findings in the format of compilers.
 * @param sources text by file name, for snippets
 */
export function diagnosticsText(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string> = new Map(),
  paint: Paint = plain,
): string {
  return renderDiagnostics(diagnostics, { sources, paint: (style, text) => paint(STYLES[style], text) });
}

export { diagnosticsToJson };
