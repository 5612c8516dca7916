import { serveSandbox, type SandboxOptions } from '../../app/serve/sandbox';
import { sandboxNote } from '../../app/render/serving';
import { appFor } from '../support/app';
import type { Command } from '../command';
import {
  addDeclarationOptions,
  addFormatOption,
  collect,
  type DeclarationOptions,
  factor,
  portNumber,
} from '../options';
import { serveUntilStopped } from '../support/serve';

/** Listens only on this machine by default: its password is in the documentation. */
export const command: Command<DeclarationOptions & SandboxOptions & { readonly overlay: readonly string[] }> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .option('--port <number>', 'port to listen on; 0 picks a free one', portNumber, 0)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--password <password>', 'password of the user admin', 'Harbor12345')
      .option('--time-scale <factor>', "multiplies Harbor's waits: 0.05 makes them twenty times shorter", factor, 1)
      .option('--harbor-version <version>', 'version of Harbor to imitate', 'v2.15.2')
      .option('--data <dir>', 'keep state and blobs in this directory')
      .option('--fault <spec>', 'misbehave, such as 500:method=POST,path=/api/v2.0/projects (repeatable)', collect, [])
      .option('--scanner [cves]', 'also run a scanner that reports the CVEs of this file (default: two examples)')
      .option('--with-upstream', 'serve images for the declared registries too: no network is needed', false);
    addDeclarationOptions(command).addHelpText(
      'after',
      '\nPrints its URL on stdout when it is ready, and runs until SIGINT or SIGTERM. With --with-upstream it reads the policies and writes\n' +
        '.breakwater/sandbox.yaml, an overlay for plan, apply and conform, and .breakwater/sandbox.env, the variables they need.',
    );
  },

  async run(context, options) {
    const onError = (error: unknown): void => context.terminal.err(`the sandbox failed: ${String(error)}\n`);
    const sandbox = await serveSandbox(appFor(context, options), options, onError);
    const { url, harborVersion, standIns, close } = sandbox;
    const files = standIns && { overlay: standIns.overlay, environment: standIns.environment };
    const note = sandboxNote(sandbox, options.data);
    return serveUntilStopped(context, options, { urls: { url }, facts: { harborVersion, ...files }, note, close });
  },
};
