import { serveSandbox, type Sandbox, type SandboxOptions } from '../../app/serve/sandbox';
import { plural } from '../../plural';
import { appFor } from '../app';
import type { Command } from '../command';
import { addDeclarationOptions, addFormatOption, collect, portNumber, type DeclarationOptions } from '../options';
import { serveUntilStopped } from '../serve';

export const command: Command<DeclarationOptions & SandboxOptions & { readonly overlay: readonly string[] }> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .option('--port <number>', 'port to listen on; 0 takes a free one', portNumber, 0)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--password <password>', 'password of the user admin', 'Harbor12345')
      .option('--time-scale <factor>', "multiplies Harbor's waits: 0.05 makes them twenty times shorter", Number, 1)
      .option('--harbor-version <version>', 'version of Harbor to stand in for', 'v2.15.2')
      .option('--data <dir>', 'keep state and blobs in this directory')
      .option(
        '--fault <spec>',
        'misbehave, such as 500:method=POST,path=/api/v2.0/projects,times=1 (repeatable)',
        collect,
        [],
      )
      .option('--scanner [cves]', 'also run a scanner that reports the CVEs of this file (default: two examples)')
      .option(
        '--with-upstream',
        'serve images for the declared registries too, so that a first apply and a first pull need no network',
        false,
      );
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
    const note = aboutSandbox(sandbox, options.data);
    return serveUntilStopped(context, options, { urls: { url }, facts: { harborVersion, ...files }, note, close });
  },
};

function aboutSandbox({ harborVersion, standIns }: Sandbox, data: string | undefined): string {
  const forgets = data === undefined ? ' and deletes all data' : '';
  const about = `a stand-in for Harbor ${harborVersion}, not a real one; log in as admin; Ctrl-C stops it${forgets}`;
  if (!standIns) return about;
  const { upstreams, images, environment, overlay } = standIns;
  return [
    about,
    `${plural(upstreams, 'upstream')} with ${plural(images, 'image')}; in another terminal:`,
    `  . ${environment}`,
    `  breakwater apply --overlay ${overlay}`,
    `  breakwater conform --overlay ${overlay}`,
  ].join('\n');
}
