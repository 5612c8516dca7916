import { UsageError } from '../../errors';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { nginxMirror, traefikFile, type Mirror } from '../../mirror';
import type { AppContext } from '../../app/context';
import { appFor } from '../app';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { loadOrThrow } from '../../app/load';
import { declaredMirrors, type WayChoice } from '../../app/mirror';
import { addDeclarationOptions, addFormatOption, collect, portNumber, type DeclarationOptions } from '../options';

interface MirrorOptions extends DeclarationOptions {
  readonly harborUrl?: string;
  readonly way: WayChoice;
  readonly login: boolean;
  readonly allowFrom: readonly string[];
  readonly certificates: string;
  readonly robots: string;
  readonly authorities: string;
  readonly cache: string;
  readonly plainPort?: number;
  readonly shieldUrl?: string;
  readonly entryPoint: string;
  readonly certResolver?: string;
}

export const command: Command<MirrorOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'nginx', 'traefik')
      .addArgument(
        new Argument('<action>', 'render: write the configuration of every domain in conformance.mirrors').choices([
          'render',
        ]),
      )
      .option('--harbor-url <url>', 'URL of Harbor as seen by the proxy (default: the declared one)')
      .addOption(
        new Option('--way <way>', 'auto: a robot for private projects')
          .choices(['auto', 'token-redirect', 'robot'])
          .default('auto'),
      )
      .option('--login', "pass the client's own login to Harbor (token-redirect)", false)
      .option(
        '--allow-from <network>',
        'accept only clients from this network, in CIDR notation (repeatable)',
        network,
        [],
      )
      .option('--certificates <dir>', 'nginx: directory of <domain>.crt and <domain>.key', '/etc/nginx/tls')
      .option('--robots <dir>', 'nginx: directory of <domain>.conf with the credential of a robot', '/etc/nginx/robots')
      .option(
        '--authorities <file>',
        'nginx: certificate authorities to verify Harbor with',
        '/etc/ssl/certs/ca-certificates.crt',
      )
      .option('--cache <dir>', 'nginx: existing directory for what shields remember', '/var/cache')
      .option('--plain-port <port>', 'nginx: listen without TLS on this port, behind a proxy that ends it', portNumber)
      .option('--shield-url <url>', 'traefik: base URL of the nginx that serves the mirrors with a shield')
      .option('--entry-point <name>', 'traefik: entry point of the mirrors', 'websecure')
      .option('--cert-resolver <name>', 'traefik: certificate resolver of the mirrors')
      .addHelpText('after', '\nWrites to stdout. No request is sent to Harbor, and no secret is written.');
  },

  async run(context, options) {
    const { mirrors, harborUrl } = await mirrorsFrom(appFor(context, options), options);
    if (options.format === 'traefik') checkShieldUrl(mirrors, options.shieldUrl);
    context.terminal.out(
      options.format === 'traefik'
        ? stringify(traefikFile(mirrors, { ...options, harborUrl }), { lineWidth: 0, aliasDuplicateObjects: false })
        : mirrors.map((mirror) => nginxMirror(mirror, { ...options, harborUrl })).join('\n'),
    );
    return ExitCode.ok;
  },
};

/** Traefik remembers nothing. @throws UsageError */
function checkShieldUrl(mirrors: readonly Mirror[], url: string | undefined): void {
  const shielded = mirrors.find(({ shield }) => shield !== undefined);
  if (url !== undefined && !URL.canParse(url)) throw new UsageError(`"${url}" is not a valid URL`);
  if (!shielded || url !== undefined) return;
  throw new UsageError(
    `Traefik cannot remember answers, and ${shielded.hostname} is declared with a shield`,
    'render the mirrors for nginx with --plain-port 8080, run it beside Traefik, and pass --shield-url http://HOST:8080',
  );
}

/** It is inserted into a configuration: anything but a network could inject directives. */
function network(value: string, before: readonly string[]): string[] {
  if (!/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/.test(value))
    throw new InvalidArgumentError('Must be a network such as 10.0.0.0/8.');
  return collect(value, before);
}

/** @throws UsageError, DeclarationError */
async function mirrorsFrom(
  context: AppContext,
  options: MirrorOptions,
): Promise<{ mirrors: readonly Mirror[]; harborUrl: string }> {
  const declaration = await loadOrThrow(context, options);
  const harborUrl = options.harborUrl ?? declaration.harbor?.url;
  if (harborUrl === undefined)
    throw new UsageError(`${options.policies} declares no Harbor`, 'pass one: --harbor-url https://harbor.example.com');
  if (!URL.canParse(harborUrl)) throw new UsageError(`"${harborUrl}" is not a valid URL`);
  const mirrors = declaredMirrors(declaration, options);
  if (mirrors.length === 0)
    throw new UsageError(
      `${options.policies} declares no mirror domain`,
      'declare one: projects.<project>.conformance.mirrors: [{ domain: mirror.example.com }]',
    );
  return { mirrors, harborUrl };
}
