import { explainReport } from '../../app/explain-report';
import { jsonDocument } from '../../app/render/json-document';
import { replayText, type ReplayChoice } from '../../app/render/report';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addFormatOption } from '../options';

type ExplainReportOptions = CommonOptions & ReplayChoice;

/** Needs only the report: no policies, and no Harbor until someone runs the script. */
export const command: Command<ExplainReportOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .argument('<report.json>', 'report that conform --report wrote, or its directory')
      .option('--check <id>', 'explain this check, such as M1 (default: the first one of the worst cause)')
      .option('--project <name>', 'explain a check of this project')
      .option('--instance <name>', 'explain a check of this Harbor of a fleet')
      .addHelpText(
        'after',
        '\nPrints a shell script: what was found, and every request of the check as a curl command. Secrets are\n' +
          'variables. Requests that write are shown and not repeated. To run the check again instead:\n' +
          '  breakwater conform --since-failed report.json',
      );
  },

  async run({ terminal }, options, [path = '']) {
    const replay = await explainReport(path, options);
    terminal.out(options.format === 'json' ? jsonDocument(replay) : replayText(replay));
    return ExitCode.ok;
  },
};
