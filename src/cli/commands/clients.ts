import { Argument } from 'commander';
import { renderClients } from '../../app/clients/render';
import { writeClients } from '../../app/clients/write';
import { hasErrors } from '../../diagnostic';
import { appFor } from '../app';
import type { Command } from '../command';
import { ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, type DeclarationOptions } from '../options';
import { clientsAsJson, clientsAsText } from '../../app/render/clients';

interface ClientsOptions extends DeclarationOptions {
  readonly out: string;
  readonly withSecrets: boolean;
  readonly force: boolean;
}

export const command: Command<ClientsOptions> = {
  configure(command) {
    addFormatOption(addDeclarationOptions(command), 'text', 'json')
      .addArgument(
        new Argument('<action>', 'render: write the configuration of every client in clients:').choices(['render']),
      )
      .argument('[client...]', 'names under clients: (default: all of them)')
      .option('--out <dir>', 'directory to write to', 'clients')
      .option('--with-secrets', 'write the login of each robot into files of mode 0600', false)
      .option('--force', 'write into a directory that has other files', false)
      .addHelpText(
        'after',
        '\nNo request is sent to Harbor. Exit code 4: a rendered file breaks a rule of its client.',
      );
  },

  async run(context, options, [, ...only]) {
    const rendered = await renderClients(appFor(context, options), { ...options, only });
    const written = await writeClients(options.out, rendered, { force: options.force, all: only.length === 0 });
    context.terminal.out(
      options.format === 'json' ? clientsAsJson(rendered, written) : clientsAsText(rendered, written),
    );
    return rendered.some(({ findings }) => hasErrors(findings)) ? ExitCode.policyViolation : ExitCode.ok;
  },
};
