import { diagnosticsToSarif } from '../../declaration/render-sarif';
import { diagnosticsToJson, renderDiagnostics } from '../../declaration/render';
import type { LoadResult } from '../../declaration/declaration';
import { hasErrors, inOrder } from '../../diagnostic';
import { declaredAdvisories } from '../../app/advise';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { loadFrom } from '../../app/load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { plural } from '../../plural';
import { diagnosticPaint, paintFor } from '../terminal';
import { version } from '../../app/version';

export const command: Command<DeclarationOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json', 'sarif');
  },

  async run({ terminal }, options) {
    const loaded = await loadFrom(options);
    const { critical, others } = declaredAdvisories(loaded.declaration);
    // For programs, what is wrong in the files is apart from what is wrong with the release.
    const findings = inOrder([...loaded.diagnostics, ...critical]);
    const result = { ...loaded, diagnostics: inOrder([...findings, ...others]) };
    if (options.format === 'json')
      terminal.out(
        `${JSON.stringify({ ...diagnosticsToJson(findings), advisories: [...critical, ...others] }, null, 2)}\n`,
      );
    else if (options.format === 'sarif')
      terminal.out(`${JSON.stringify(diagnosticsToSarif(result.diagnostics, { version }), null, 2)}\n`);
    else {
      const paint = diagnosticPaint(paintFor(terminal.colour));
      terminal.out(
        renderDiagnostics(result.diagnostics, { sources: result.sources, paint }) + summaryOf(result, options.policies),
      );
    }
    return hasErrors(result.diagnostics) ? ExitCode.error : ExitCode.ok;
  },
};

function summaryOf({ declaration, diagnostics, sources }: LoadResult, policies: string): string {
  const count = (severity: string) => diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const found = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
    .filter(Boolean)
    .join(', ');
  if (!declaration) return `\n${policies}: ${found}\n`;
  const objects = `${plural(declaration.objects.length, 'object')} in ${plural(sources.size, 'file')}`;
  return `${found ? '\n' : ''}${policies} is valid: ${objects}${found ? `, ${found}` : ''}\n`;
}
