import { compact } from '../../compact';
import { Argument } from 'commander';
import { checkImages, pinsOutcome } from '../../app/images/check';
import { pinImages, type PinOptions } from '../../app/images/pin';
import { jsonDocument } from '../../app/render/json-document';
import { UsageError } from '../../errors';
import { appFor } from '../support/app';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addFormatOption } from '../options';
import { checkedAsText, pinnedAsText } from '../../app/render/images';

type ImagesOptions = CommonOptions & Omit<PinOptions, 'release'>;

/** `pin` writes all images of a release or none; `check` is for a schedule, because tags move. */
export const command: Command<ImagesOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .addArgument(
        new Argument(
          '<action>',
          'pin: write digests to images.yaml; check: compare the pins with the registry',
        ).choices(['pin', 'check']),
      )
      .argument('[release]', 'release of Harbor, such as v2.15.2 (check: all that are pinned)')
      .option('--registry <registry>', "registry to use, with the mirror's path if it has one", 'docker.io')
      .option('--username <name>', 'account of the registry')
      .option('--password-env <variable>', 'environment variable with its password or token')
      .option('--ca-file <file>', 'PEM file of a private CA')
      .option('--insecure', 'use plain HTTP; only for a registry on this machine', false)
      .option('--platform <os/arch>', 'platform of the hosts', 'linux/amd64')
      .option('--stacks <dir>', 'directory of images.yaml', 'stacks')
      .option('--hub-names', "pin: write Docker Hub's names, although another registry is used", false)
      .option('--skip-keyless', 'do not ask for keyless signatures: cosign verified them', false)
      .option('--dry-run', 'pin: write nothing', false)
      .addHelpText(
        'after',
        '\nExit codes: pin 1 when an image could not be resolved, or is not signed as declared (nothing is written then); check 2 when a tag moved, is gone, or is not signed as declared, 1 when it is not known.',
      );
  },

  async run(context, options, [action, release]) {
    const app = appFor(context, options);
    const isJson = options.format === 'json';
    if (action === 'check') {
      const checked = await checkImages(app, compact({ ...options, release }));
      context.terminal.out(isJson ? jsonDocument(checked) : checkedAsText(checked));
      return ExitCode[pinsOutcome(checked)];
    }
    if (release === undefined)
      throw new UsageError('no release is given', 'for example: breakwater images pin v2.15.2');
    const pinned = await pinImages(app, { ...options, release });
    context.terminal.out(isJson ? jsonDocument(pinned) : pinnedAsText(pinned));
    return pinned.problems.length > 0 ? ExitCode.error : ExitCode.ok;
  },
};
