import { diagnosticsToSarif } from '../../declaration/render-sarif';
import { diagnosticsToJson, renderDiagnostics } from '../../declaration/render';
import type { LoadResult } from '../../declaration/declaration';
import { hasErrors, inOrder } from '../../diagnostic';
import { declaredAdvisories } from '../../app/advise';
import { loadOwnRules } from '../../app/own-rules';
import { today } from '../../app/plan';
import { judgeDeclared, rules, type Judged } from '../../rules';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { loadFrom } from '../../app/load';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addRulesOption } from '../options/planning';
import { aboutRules } from '../render/rules-sarif';
import { plural } from '../../plural';
import { diagnosticPaint, paintFor } from '../terminal';
import { version } from '../../app/version';

interface ValidateOptions extends DeclarationOptions {
  readonly rules: readonly string[];
}

export const command: Command<ValidateOptions> = {
  configure(command) {
    addFormatOption(addRulesOption(addDeclarationOptions(command)), 'text', 'json', 'sarif').addHelpText(
      'after',
      '\nExit code 1: the policies are not valid. 4: they are valid, but break a rule (`breakwater rules`) without a waiver.',
    );
  },

  async run({ terminal }, options) {
    const ownRules = await loadOwnRules(options.rules);
    const loaded = await loadFrom(options);
    const { critical, others } = declaredAdvisories(loaded.declaration);
    // For programs, what is wrong in the files is apart from what is wrong with the release.
    const judged: Judged = loaded.declaration
      ? judgeDeclared(loaded.declaration, today(), ownRules)
      : { diagnostics: [], waived: [] };
    const findings = inOrder([...loaded.diagnostics, ...judged.diagnostics, ...critical]);
    const result = { ...loaded, diagnostics: inOrder([...findings, ...others]) };
    if (options.format === 'json')
      terminal.out(
        `${JSON.stringify({ ...diagnosticsToJson(findings), waived: judged.waived, advisories: [...critical, ...others] }, null, 2)}\n`,
      );
    else if (options.format === 'sarif')
      terminal.out(
        `${JSON.stringify(diagnosticsToSarif(result.diagnostics, { version, about: aboutRules([...rules, ...ownRules]) }), null, 2)}\n`,
      );
    else {
      const paint = diagnosticPaint(paintFor(terminal.colour));
      terminal.out(
        renderDiagnostics(result.diagnostics, { sources: result.sources, paint }) +
          waivedText(judged) +
          summaryOf(result, options.policies),
      );
    }
    if (hasErrors([...loaded.diagnostics, ...critical])) return ExitCode.error;
    return hasErrors(judged.diagnostics) ? ExitCode.policyViolation : ExitCode.ok;
  },
};

/** What is waived stays listed. */
function waivedText({ waived }: Judged): string {
  return waived
    .map(
      ({ finding, by }) =>
        `waived: [${finding.rule}] ${finding.address}: ${finding.message} (${by.owner}, until ${by.expires}: ${by.reason})\n`,
    )
    .join('');
}

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
