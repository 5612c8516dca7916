import { examineSetup, type DoctorOptions } from '../../app/examine/doctor';
import { appFor } from '../support/app';
import { ExitCode, type Command } from '../command';
import { addDeclarationOptions, addExpiryOption, addFormatOption, type DeclarationOptions } from '../options';
import { failedOutcome } from '../../app/outcome';
import { accessTable } from '../../app/render/access-table';
import { examinationsText } from '../../app/render/examinations';
import { jsonDocument } from '../../app/render/json-document';

/** Lists everything that other commands would fail on, not only the first of it. It changes nothing. */
export const command: Command<DeclarationOptions & DoctorOptions> = {
  configure(command) {
    addFormatOption(addExpiryOption(addDeclarationOptions(command)), 'text', 'json');
  },

  async run(context, options) {
    const report = await examineSetup(appFor(context, options), options);
    const { examinations, access } = report;
    const text = (): string => `${examinationsText(examinations)}${accessTable(access)}`;
    context.terminal.out(options.format === 'json' ? jsonDocument(report) : text());
    const isFine = examinations.every(({ outcome }) => outcome !== 'error');
    return isFine ? ExitCode.ok : ExitCode[failedOutcome(examinations, 'error')];
  },
};
