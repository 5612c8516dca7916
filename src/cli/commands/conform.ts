import { InvalidArgumentError, Option } from 'commander';
import { CONNECT_TO, useAddresses } from '../../app/connect-to';
import { checksAs, conformPolicies, type ConformPoliciesOptions } from '../../app/conform';
import { isEmptyShard, reportOutcome } from '../../app/outcome';
import { parseShard, REPORT_FORMATS } from '../../app/render/report';
import type { Shard } from '../../conformance';
import { appFor } from '../support/app';
import { abortedCode, ExitCode, type Command } from '../command';
import {
  addDeclarationOptions,
  addFormatOption,
  addTimeScaleOption,
  atLeastOne,
  collect,
  type DeclarationOptions,
  someTime,
} from '../options';
import { addReportOptions, showReport, type ReportOptions } from '../options/report';

interface ConformOptions extends DeclarationOptions, ReportOptions, ConformPoliciesOptions {
  readonly list: boolean;
  readonly connectTo: readonly string[];
  readonly overlay: readonly string[];
}

/** The report is shown in any case, also if the run was stopped: then the exit code is that of the signal. */
export const command: Command<ConformOptions> = {
  configure(command) {
    addReportOptions(addFormatOption(addDeclarationOptions(command), ...REPORT_FORMATS))
      .addOption(
        new Option('--all', 'verify every Harbor of policies/instances/ and write one report').conflicts('instance'),
      )
      .option('--list', 'list every check with its reason and cost; sends no request', false)
      .option('--since-failed <report.json>', 'run only the failed checks of that report')
      .option('--project <name>', 'only this project (repeatable)', collect, [])
      .option('--check <id>', 'only this check, such as B1 or S4 (repeatable)', collect, [])
      .option('--shard <i/n>', 'run only shard i of n of the projects; "report merge" merges them', shard)
      .option(...CONNECT_TO, collect, [])
      .option('--report <dir>', 'write the report in every format to this directory; history/ in it keeps 30 runs')
      .option('--concurrency <number>', 'projects verified at the same time (default: 4)', atLeastOne)
      .option('--deadline <duration>', 'limit of the whole run, such as 90s, 30m or 2h (default: 30m)', someTime)
      .option('--deep', 'also unpack every layer (B5) and wait until Harbor notices an outage (S4b)', false);
    addTimeScaleOption(command);
  },

  async run(context, options) {
    if (options.list) {
      context.terminal.out(checksAs(options.format, options.check));
      return ExitCode.ok;
    }
    useAddresses(options.connectTo);
    const conformed = await conformPolicies(appFor(context, options), options);
    if (!conformed) {
      context.progress.line(`no check failed in ${options.sinceFailed ?? 'that report'}`);
      return ExitCode.ok;
    }
    const { report, errors } = conformed;
    await showReport(context, options, report);
    if (context.signal.aborted) return abortedCode(context.signal);
    return ExitCode[isEmptyShard(report) ? 'ok' : reportOutcome(report, errors)];
  },
};

function shard(text: string): Shard {
  const parsed = parseShard(text);
  if (!parsed) throw new InvalidArgumentError('Must be I/N, for example 1/3, 2/3 and 3/3 for three shards.');
  return parsed;
}
