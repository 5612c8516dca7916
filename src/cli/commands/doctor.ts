import { examineSetup, type DoctorOptions } from '../../app/examine/doctor';
import { appFor } from '../app';
import type { Command } from '../command';
import { failedExitCode, ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { addExpiryOption } from '../options/planning';
import { accessTable } from '../../app/render/access-table';
import { examinationsText } from '../../app/render/examinations';

export const command: Command<DeclarationOptions & DoctorOptions> = {
  configure(command) {
    addFormatOption(addExpiryOption(addDeclarationOptions(command)), 'text', 'json');
  },

  async run(context, options) {
    const report = await examineSetup(appFor(context, options), options);
    const { examinations, access } = report;
    context.terminal.out(
      options.format === 'json'
        ? `${JSON.stringify({ schemaVersion: 1, ...report }, null, 2)}\n`
        : `${examinationsText(examinations)}${accessTable(access)}`,
    );
    const isFine = examinations.every(({ outcome }) => outcome !== 'error');
    return isFine ? ExitCode.ok : failedExitCode(examinations, ExitCode.error);
  },
};
