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

/** What a nightly job does after its runs: merge their reports, and notify a webhook if something changed. */
export const command: Command<Options> = {
  configure(command) {
    addReportOptions(addFormatOption(command, ...REPORT_FORMATS))
      .addArgument(new Argument('<action>', ABOUT_ACTIONS).choices(['merge', 'notify']))
      .argument('<dir...>', 'directories that conform --report wrote, or their report.json')
      .option('--report <dir>', 'merge: write the merged report in every format there; history/ below it keeps 30 runs')
      .option(
        '--to <url>',
        'notify: URL of the webhook (default: BREAKWATER_NOTIFY_URL, which does not appear in process lists)',
      )
      .addOption(new Option('--as <shape>', 'notify: for which reader').choices(NOTICE_SHAPES).default('json'))
      .option('--always', 'notify: post even if nothing changed since the last notice', false)
      .option('--state <file>', 'notify: file that stores the last notice', '.breakwater-notified.json')
      .option('--link <url>', 'notify: link to the whole report')
      .addHelpText(
        'after',
        '\nmerge exits with 0 only if every shard is present and no check failed. notify exits with 0 if the webhook accepted\n' +
          'the notice, or nothing changed; it tries four times.',
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
    result === 'sent' ? 'the webhook accepted the notice' : 'nothing changed since the last notice, so none was sent',
  );
  return ExitCode.ok;
}
