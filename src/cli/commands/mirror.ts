import { UsageError } from '../../errors';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { stringify } from 'yaml';
import { nginxMirror, traefikFile, type Mirror } from '../../mirror';
import type { Command, CommandContext } from '../command';
import { ExitCode } from '../exit-code';
import { loadOrThrow } from '../../app/load';
import { declaredMirrors, type WayChoice } from '../../app/mirror';
import { addDeclarationOptions, addFormatOption, collect, type DeclarationOptions } from '../options';

interface MirrorOptions extends DeclarationOptions {
  readonly harborUrl?: string;
  readonly way: WayChoice;
  readonly login: boolean;
  readonly allowFrom: readonly string[];
  readonly certificates: string;
  readonly robots: string;
  readonly authorities: string;
  readonly entryPoint: string;
  readonly certResolver?: string;
}

export const command: Command<MirrorOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'nginx', 'traefik')
      .addArgument(
        new Argument('<action>', 'render: the front of every domain in conformance.mirrors').choices(['render']),
      )
      .option('--harbor-url <url>', 'Harbor as the front reaches it; default: the one that the policies declare')
      .addOption(
        new Option('--way <way>', 'auto: a robot for private projects')
          .choices(['auto', 'token-redirect', 'robot'])
          .default('auto'),
      )
      .option('--login', "pass a client's own login on to Harbor (token-redirect)", false)
      .option('--allow-from <network>', 'only these clients, in CIDR form (repeatable)', network, [])
      .option('--certificates <dir>', 'nginx: where <domain>.crt and <domain>.key are', '/etc/nginx/tls')
      .option('--robots <dir>', 'nginx: where <domain>.conf with the credential of a robot is', '/etc/nginx/robots')
      .option('--authorities <file>', 'nginx: what Harbor is verified against', '/etc/ssl/certs/ca-certificates.crt')
      .option('--entry-point <name>', 'traefik: where the mirrors listen', 'websecure')
      .option('--cert-resolver <name>', 'traefik: who gets the certificates')
      .addHelpText('after', '\nWrites to stdout; nothing is asked of Harbor, and no secret is written.');
  },

  async run(context, options) {
    const { mirrors, harborUrl } = await mirrorsFrom(context, options);
    context.terminal.out(
      options.format === 'traefik'
        ? stringify(traefikFile(mirrors, { ...options, harborUrl }), { lineWidth: 0, aliasDuplicateObjects: false })
        : mirrors.map((mirror) => nginxMirror(mirror, { ...options, harborUrl })).join('\n'),
    );
    return ExitCode.ok;
  },
};

/** It becomes a word of a configuration, and what is no network could become more. */
function network(value: string, before: readonly string[]): string[] {
  if (!/^[0-9a-fA-F:.]+\/[0-9]{1,3}$/.test(value))
    throw new InvalidArgumentError('Write a network such as 10.0.0.0/8.');
  return collect(value, before);
}

/** @throws UsageError, DeclarationError */
async function mirrorsFrom(
  context: CommandContext,
  options: MirrorOptions,
): Promise<{ mirrors: readonly Mirror[]; harborUrl: string }> {
  const declaration = await loadOrThrow(context, options);
  const harborUrl = options.harborUrl ?? declaration.harbor?.url;
  if (harborUrl === undefined)
    throw new UsageError(`${options.policies} declares no Harbor`, 'name one: --harbor-url https://harbor.example.com');
  if (!URL.canParse(harborUrl)) throw new UsageError(`"${harborUrl}" is no URL`);
  const mirrors = declaredMirrors(declaration, options);
  if (mirrors.length === 0)
    throw new UsageError(
      `${options.policies} declares no mirror domain`,
      'name it: projects.<project>.conformance.mirrors: [{ domain: mirror.example.com }]',
    );
  return { mirrors, harborUrl };
}
