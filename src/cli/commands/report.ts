import { Argument } from 'commander';
import { joinReports } from '../../app/join-reports';
import { REPORT_FORMATS } from '../../app/render/report';
import { appFor } from '../app';
import type { Command } from '../command';
import { reportExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { showReport, type ReportOptions } from '../render/report';

export const command: Command<ReportOptions> = {
  configure(command) {
    addFormatOption(command, ...REPORT_FORMATS)
      .addArgument(
        new Argument('<action>', 'merge: combine the shards of a run, and several Harbors').choices(['merge']),
      )
      .argument('<dir...>', 'directories that conform --report wrote, or their report.json')
      .option(
        '--report <dir>',
        'write the merged report in every format to this directory; history/ in it keeps 30 runs',
      )
      .addHelpText('after', '\nExits with 0 only if every shard is present and no check failed, otherwise with 7.');
  },

  async run(context, options, [, ...paths]) {
    const report = await joinReports(appFor(context, options), paths);
    await showReport(context, options, report);
    return reportExitCode(report);
  },
};
