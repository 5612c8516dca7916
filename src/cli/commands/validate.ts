import { loadOwnRules } from '../../app/own-rules';
import { validatedJson, validatedSarif, validatedSummary, validatedText } from '../../app/render/validated';
import { withOwn } from '../../app/rules';
import { validatePolicies } from '../../app/validate';
import { ExitCode, type Command } from '../command';
import { acrossInstances } from '../support/fleet';
import {
  addDeclarationOptions,
  addFormatOption,
  addRulesOption,
  type DeclarationOptions,
  type RulesOption,
} from '../options';
import { paintFor } from '../../app/render/paint';

const single: Command<DeclarationOptions & RulesOption> = {
  configure(command) {
    addFormatOption(addRulesOption(addDeclarationOptions(command)), 'text', 'json', 'sarif').addHelpText(
      'after',
      '\nExit code 1: the policies are not valid. 4: they are valid, but break a rule (`breakwater rules`) without a waiver.',
    );
  },

  async run({ terminal, summarise }, options) {
    const ownRules = await loadOwnRules(options.rules);
    const validated = await validatePolicies(options, ownRules);
    if (options.format === 'json') terminal.out(validatedJson(validated));
    else if (options.format === 'sarif') terminal.out(validatedSarif(validated, withOwn(ownRules), options.policies));
    else terminal.out(validatedText(validated, options.policies, paintFor(terminal.colour)));
    summarise?.(validatedSummary(validated, options.policies));
    if (!validated.usable) return ExitCode.error;
    return validated.breaksRule ? ExitCode.policyViolation : ExitCode.ok;
  },
};

/** Needs no Harbor and no secret, so that a pull request of a fork can be checked. */
export const command = acrossInstances(single);
