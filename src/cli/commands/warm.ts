import { compact } from '../../compact';
import { Argument, Option } from 'commander';
import { isWarm, warmCache, warmedText, type WarmCacheOptions } from '../../app/warm';
import { appFor } from '../support/app';
import { abortedCode, ExitCode, type Command } from '../command';
import {
  addDeclarationOptions,
  addFormatOption,
  addTimeScaleOption,
  atLeastOne,
  collect,
  type DeclarationOptions,
  wholeNumber,
} from '../options';

interface Options extends DeclarationOptions, Omit<WarmCacheOptions, 'paths' | 'perHour' | 'platforms'> {
  readonly overlay: readonly string[];
  readonly rate?: number;
  readonly platform: readonly string[];
}

const ABOUT_RECORDS = 'images that were pulled from this Harbor, or from another one of policies/instances/';

const HELP = `
The most used images come first. Finished images are recorded in the state file, so that a stopped run continues where it
ended. Exit code 7: an image could not be pulled, or was pulled but not stored, or the cache does not serve one of --list.`;

/** Can be repeated and stopped: the state file lists what is finished, and --rate keeps below the upstream's limit. */
export const command: Command<Options> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .addArgument(new Argument('[path...]', 'files and directories that name the images (default: the current one)'))
      .option('--from-cluster <file>', 'images of running pods: output of kubectl get pods,nodes -A -o json')
      .addOption(new Option('--list <file>', 'images, one per line').conflicts('fromCluster'))
      .addOption(new Option('--from-harbor [instance]', ABOUT_RECORDS).conflicts(['list', 'fromCluster']))
      .option('--rate <number>', 'pulls per hour and upstream (default: its own limit, or 100)', atLeastOne)
      .option('--floor <number>', 'pulls left to others (default: a fifth of the limit, at least 20)', wholeNumber)
      .option('--platform <os/arch>', 'only this platform (repeatable; default: those of the project)', collect, [])
      .option('--state <file>', 'finished images; appended to', '.breakwater-warm.jsonl')
      .option('--limit <number>', 'only this many images, the most used ones', atLeastOne)
      .option('--dry-run', 'list the images in their order and pull nothing', false)
      .addHelpText('after', HELP);
    addTimeScaleOption(command);
  },

  async run(context, options, paths) {
    const { rate, platform, ...others } = options;
    const request = compact<WarmCacheOptions>({ ...others, perHour: rate, platforms: platform, paths });
    const warmed = await warmCache(appFor(context, options), request);
    context.terminal.out(warmedText(warmed, options.format === 'json' ? 'json' : 'text', options.dryRun === true));
    if (context.signal.aborted) return abortedCode(context.signal);
    return options.dryRun || isWarm(warmed, request) ? ExitCode.ok : ExitCode.proofFailed;
  },
};
