import { Argument, Option } from 'commander';
import { joinReports } from '../../app/join-reports';
import { notifyOf } from '../../app/notify';
import { reportOutcome } from '../../app/outcome';
import { NOTICE_SHAPES, REPORT_FORMATS, type NoticeShape } from '../../app/render/report';
import { appFor } from '../support/app';
import { ExitCode, type Command, type CommandContext } from '../command';
import { addFormatOption } from '../options';
import { addReportOptions, showReport, type ReportOptions } from '../options/report';

interface Options extends ReportOptions {
  readonly to?: string;
  readonly as: NoticeShape;
  readonly always: boolean;
  readonly state: string;
  readonly link?: string;
}

const ABOUT_ACTIONS = 'merge: combine shards and Harbors; notify: tell a webhook of a change';

export const command: Command<Options> = {
  configure(command) {
    addReportOptions(addFormatOption(command, ...REPORT_FORMATS))
      .addArgument(new Argument('<action>', ABOUT_ACTIONS).choices(['merge', 'notify']))
      .argument('<dir...>', 'directories that conform --report wrote, or their report.json')
      .option('--report <dir>', 'merge: write the merged report in every format there; history/ below it keeps 30 runs')
      .option('--to <url>', 'notify: URL of the webhook (default: BREAKWATER_NOTIFY_URL, which no process list shows)')
      .addOption(new Option('--as <shape>', 'notify: for which reader').choices(NOTICE_SHAPES).default('json'))
      .option('--always', 'notify: also where nothing changed since the last notice', false)
      .option('--state <file>', 'notify: remembers what was told last', '.breakwater-notified.json')
      .option('--link <url>', 'notify: where the whole report is')
      .addHelpText(
        'after',
        '\nmerge exits with 0 only if every shard is present and no check failed. notify exits with 0 when the notice was\n' +
          'taken, or when nothing changed; it tries four times.',
      );
  },

  async run(context, options, [action, ...paths]) {
    if (action === 'notify') return tell(context, options, paths);
    const report = await joinReports(appFor(context, options), paths);
    await showReport(context, options, report);
    return ExitCode[reportOutcome(report)];
  },
};

/** @throws UsageError, NetworkError */
async function tell(context: CommandContext, options: Options, paths: readonly string[]): Promise<ExitCode> {
  const result = await notifyOf(appFor(context, options), paths, { ...options, shape: options.as });
  context.progress.line(
    result === 'sent' ? 'the webhook was told' : 'nothing changed since the last notice: nothing was sent',
  );
  return ExitCode.ok;
}
