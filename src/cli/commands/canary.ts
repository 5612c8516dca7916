import { canaryNote } from '../../app/render/serving';
import { serveCanary } from '../../app/serve/canary';
import type { Command, CommonOptions } from '../command';
import { addFormatOption } from '../options';
import { serveUntilStopped } from '../support/serve';

interface CanaryCommandOptions extends CommonOptions {
  readonly config: string;
}

/** Runs until it is stopped; conform controls it during scenarios, with the token of its configuration. */
export const command: Command<CanaryCommandOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .requiredOption('--config <file>', 'address to listen on and who may send commands; see docs/guides/canary.md')
      .addHelpText('after', '\nPrints its URLs on stdout when it is ready, and runs until SIGINT or SIGTERM.');
  },

  async run(context, options) {
    const { url, controlUrl, close } = await serveCanary(context.terminal, options.config);
    return serveUntilStopped(context, options, { urls: { url, controlUrl }, note: canaryNote(controlUrl), close });
  },
};
