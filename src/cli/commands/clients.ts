import { Argument, InvalidArgumentError } from 'commander';
import { renderClients } from '../../app/clients/render';
import { writeClients } from '../../app/clients/write';
import { clientsAsJson, clientsAsText } from '../../app/render/clients';
import { verifyAs, type VerifyOptions } from '../../app/verify-clients';
import { hasErrors } from '../../diagnostic';
import { appFor } from '../support/app';
import { ExitCode, type Command, type CommandContext } from '../command';
import { addDeclarationOptions, addFormatOption, atLeastOne, collect, type DeclarationOptions } from '../options';

interface ClientsOptions extends DeclarationOptions, Omit<VerifyOptions, 'only'> {
  readonly overlay: readonly string[];
  readonly format: string;
  readonly out: string;
  readonly force: boolean;
}

const ABOUT_ACTIONS = 'render: write the configuration of clients; verify: find out who serves them';

/** Two actions with one set of options: render sends no request to Harbor, verify reads machines and pulls. */
export const command: Command<ClientsOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .addArgument(new Argument('<action>', ABOUT_ACTIONS).choices(['render', 'verify']))
      .argument('[client...]', 'names under clients: (default: all of them)')
      .option('--out <dir>', 'render: directory to write to', 'clients')
      .option('--with-secrets', 'use the login of each robot; render writes it to files with mode 0600', false)
      .option('--force', 'render: write to a directory that contains other files', false)
      .option('--canary <image>', 'verify: image that only the cache has (repeatable)', collect, [])
      .option('--refused <image>', 'verify: image that only the public registry serves (repeatable)', collect, [])
      .option('--ssh <host>', 'verify: read and pull on this machine over ssh')
      .option('--root <dir>', "verify: directory with the client's files, instead of /")
      .option('--pull <command>', 'verify: command that pulls like the client; {} is the image')
      .option('--public-registry <name=url>', 'verify: URL of a public registry (repeatable)', registry, [])
      .option('--public-ca <file>', 'verify: certificate authorities of --public-registry, PEM')
      .option('--render-job', 'verify: write a Kubernetes Job that pulls the canary on each node', false)
      .option('--nodes <count>', 'verify: number of nodes for --render-job', atLeastOne, 1)
      .option('--namespace <name>', 'verify: namespace for --render-job', 'default')
      .option('--pods <file>', "verify: output of kubectl get pods,nodes -A -o json, compared with Harbor's records")
      .addHelpText(
        'after',
        '\nrender sends no request to Harbor; exit code 4: a rendered file breaks a rule of its client.\nverify exits with 0 if the cache serves every client, 7 if one bypasses it or is misconfigured, 1 if it cannot tell, 8 if Harbor cannot be reached.',
      );
  },

  run(context, options, [action, ...only]) {
    return action === 'verify' ? verify(context, options, only) : render(context, options, only);
  },
};

async function render(context: CommandContext, options: ClientsOptions, only: readonly string[]): Promise<ExitCode> {
  const rendered = await renderClients(appFor(context, options), { ...options, only });
  const written = await writeClients(options.out, rendered, { force: options.force, all: only.length === 0 });
  context.terminal.out(options.format === 'json' ? clientsAsJson(rendered, written) : clientsAsText(rendered, written));
  return rendered.some(({ findings }) => hasErrors(findings)) ? ExitCode.policyViolation : ExitCode.ok;
}

async function verify(context: CommandContext, options: ClientsOptions, only: readonly string[]): Promise<ExitCode> {
  const { text, outcome } = await verifyAs(appFor(context, options), { ...options, only });
  context.terminal.out(text);
  return ExitCode[outcome];
}

function registry(value: string, before: readonly string[]): string[] {
  if (!/^[^=\s]+=https?:\/\/[^\s]+$/.test(value))
    throw new InvalidArgumentError('Must be NAME=URL, such as docker.io=https://registry.example.com.');
  return collect(value, before);
}
