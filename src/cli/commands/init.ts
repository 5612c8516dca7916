import { Argument, Option } from 'commander';
import { CI_SYSTEMS, DEFAULT_UPSTREAMS, UPSTREAMS } from '../../app/init/answers';
import { initialise, type InitOptions } from '../../app/init/ask';
import { initialisedAsJson, initialisedAsText } from '../../app/render/initialised';
import { appFor } from '../support/app';
import { askText, canAsk } from '../support/confirm';
import { ExitCode, type Command, type CommonOptions } from '../command';
import { addCredentialOptions, addFormatOption } from '../options';

const REGISTRIES = UPSTREAMS.map(({ name }) => name).join(', ');

/** Creates a repository that uses Breakwater, empty or from a live Harbor. */
export const command: Command<CommonOptions & InitOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .addArgument(new Argument('[dir]', 'directory of the repository').default('.'))
      .option('--url <url>', 'URL of Harbor, such as https://harbor.example.com')
      .option('--upstream <names>', `registries to cache, of ${REGISTRIES} (default: ${DEFAULT_UPSTREAMS.join(',')})`)
      .addOption(
        new Option('--from-live <url>', 'export the policies from this Harbor instead').conflicts(['url', 'upstream']),
      )
      .addOption(new Option('--ci <system>', 'also write CI files (default: none)').choices(CI_SYSTEMS));
    addCredentialOptions(command, '--from-live').addHelpText(
      'after',
      '\nOn a terminal it asks for missing options. Existing files are not changed.',
    );
  },

  async run(context, options, [directory = '.']) {
    const ask = canAsk(context) ? (question: string) => askText(context, question) : undefined;
    const done = await initialise(appFor(context, options), options, directory, ask);
    context.terminal.out(options.format === 'json' ? initialisedAsJson(done) : initialisedAsText(done));
    return (done.exported?.differing ?? []).length === 0 ? ExitCode.ok : ExitCode.error;
  },
};
