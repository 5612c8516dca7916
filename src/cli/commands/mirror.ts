import { Argument, InvalidArgumentError, Option } from 'commander';
import { renderMirrors, type RenderMirrorOptions } from '../../app/mirror';
import { appFor } from '../support/app';
import { ExitCode, type Command } from '../command';
import { addDeclarationOptions, addFormatOption, collect, type DeclarationOptions, portNumber } from '../options';

const WAYS = ['auto', 'token-redirect', 'robot'];
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

type MirrorOptions = DeclarationOptions & RenderMirrorOptions & { readonly overlay: readonly string[] };

/** Prints text for a proxy that is operated elsewhere: it is reviewed and installed there. */
export const command: Command<MirrorOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'nginx', 'traefik')
      .addArgument(new Argument('<action>', 'render: write the configuration of every mirror').choices(['render']))
      .option('--harbor-url <url>', 'URL of Harbor as seen by the proxy (default: the declared one)')
      .addOption(new Option('--way <way>', 'auto: a robot for private projects').choices(WAYS).default('auto'))
      .option('--login', "pass the client's own login to Harbor (token-redirect)", false)
      .option('--allow-from <network>', 'accept only clients from this network, as CIDR (repeatable)', network, [])
      .option('--certificates <dir>', 'nginx: directory of <domain>.crt and <domain>.key', '/etc/nginx/tls')
      .option('--robots <dir>', 'nginx: directory of <domain>.conf with the credential of a robot', '/etc/nginx/robots')
      .option('--authorities <file>', 'nginx: certificate authorities to verify Harbor with', AUTHORITIES)
      .option('--cache <dir>', 'nginx: existing directory for the caches of shields', '/var/cache')
      .option(
        '--plain-port <port>',
        'nginx: listen without TLS on this port, behind a proxy that terminates TLS',
        portNumber,
      )
      .option('--shield-url <url>', 'traefik: base URL of the nginx that serves the mirrors with a shield')
      .option('--entry-point <name>', 'traefik: entry point of the mirrors', 'websecure')
      .option('--cert-resolver <name>', 'traefik: certificate resolver of the mirrors')
      .addHelpText('after', '\nWrites to stdout. No request is sent to Harbor, and no secret is written.');
  },

  async run(context, options) {
    const format = options.format === 'traefik' ? 'traefik' : 'nginx';
    context.terminal.out(await renderMirrors(appFor(context, options), options, format));
    return ExitCode.ok;
  },
};

/** It is inserted into a configuration: text other than a network could inject directives. */
function network(value: string, before: readonly string[]): string[] {
  if (!/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/.test(value))
    throw new InvalidArgumentError('Must be a network such as 10.0.0.0/8.');
  return collect(value, before);
}
