import { compact } from '../../compact';
import { Argument } from 'commander';
import { checkImages } from '../../app/images/check';
import { pinImages, type PinOptions } from '../../app/images/pin';
import { jsonDocument } from '../../app/render/json-document';
import { UsageError } from '../../errors';
import { appFor } from '../support/app';
import type { Command, CommandContext, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { checkedAsText, pinnedAsText } from '../../app/render/images';

type ImagesOptions = CommonOptions & Omit<PinOptions, 'release'>;

export const command: Command<ImagesOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .addArgument(
        new Argument('<action>', 'pin: write digests to images.yaml; check: compare them').choices(['pin', 'check']),
      )
      .argument('[release]', 'release of Harbor, such as v2.15.2 (check: all that are pinned)')
      .option('--registry <registry>', 'registry to ask, with a path where the mirror has one', 'docker.io')
      .option('--username <name>', 'account of the registry')
      .option('--password-env <variable>', 'environment variable with its password or token')
      .option('--ca-file <file>', 'PEM file of a private CA')
      .option('--insecure', 'ask over plain HTTP: only for a registry on this machine', false)
      .option('--platform <os/arch>', 'platform of the hosts', 'linux/amd64')
      .option('--stacks <dir>', 'directory of images.yaml', 'stacks')
      .option('--hub-names', "pin: write Docker Hub's names, although another registry was asked", false)
      .option('--dry-run', 'pin: write nothing', false)
      .addHelpText(
        'after',
        '\nExit codes: pin 1 when an image could not be resolved (nothing is written then); check 2 when a tag moved or is gone, 1 when it is not known.',
      );
  },

  async run(context, options, [action, release]) {
    return action === 'pin' ? pin(context, options, release) : check(context, options, release);
  },
};

async function pin(context: CommandContext, options: ImagesOptions, release: string | undefined): Promise<ExitCode> {
  if (release === undefined) throw new UsageError('no release is given', 'for example: breakwater images pin v2.15.2');
  const pinned = await pinImages(appFor(context, options), { ...options, release });
  context.terminal.out(options.format === 'json' ? jsonDocument(pinned) : pinnedAsText(pinned));
  return pinned.problems.length > 0 ? ExitCode.error : ExitCode.ok;
}

async function check(context: CommandContext, options: ImagesOptions, release: string | undefined): Promise<ExitCode> {
  const checked = await checkImages(appFor(context, options), compact({ ...options, release }));
  context.terminal.out(options.format === 'json' ? jsonDocument(checked) : checkedAsText(checked));
  const outcomes = new Set(checked.pins.map(({ outcome }) => outcome));
  if (outcomes.has('moved') || outcomes.has('gone')) return ExitCode.changes;
  return outcomes.has('not known') ? ExitCode.error : ExitCode.ok;
}
