import { Argument, Option } from 'commander';
import { CI_SYSTEMS, DEFAULT_UPSTREAMS, UPSTREAMS, type Ci } from '../../app/init/answers';
import { ciCalled, initFromLive, initRepository, upstreamsCalled, type Initialised } from '../../app/init/init';
import { checkDirectory } from '../../app/policy-directory';
import { harborOnCommandLine, harborUrl, type CredentialOptions } from '../../app/harbor-of';
import { UsageError } from '../../errors';
import { appFor } from '../app';
import type { Command, CommandContext, CommonOptions } from '../command';
import { askText, canAsk } from '../confirm';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import { addCredentialOptions } from '../options/harbor';
import { initialisedAsJson, initialisedAsText } from '../../app/render/initialised';

interface InitOptions extends CommonOptions, CredentialOptions {
  readonly url?: string;
  readonly fromLive?: string;
  readonly upstream?: string;
  readonly ci?: Ci;
}

/** A repository that depends on Breakwater, from nothing or from a live Harbor. */
export const command: Command<InitOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .addArgument(new Argument('[dir]', 'directory of the repository').default('.'))
      .option('--url <url>', 'URL of Harbor, such as https://harbor.example.com')
      .option(
        '--upstream <names>',
        `registries to cache, of ${UPSTREAMS.map(({ name }) => name).join(', ')} (default: ${DEFAULT_UPSTREAMS.join(',')})`,
      )
      .addOption(
        new Option('--from-live <url>', 'take the policies from this Harbor instead, as export does').conflicts([
          'url',
          'upstream',
        ]),
      )
      .addOption(new Option('--ci <system>', 'write CI files too (default: none)').choices(CI_SYSTEMS));
    addCredentialOptions(command, '--from-live').addHelpText(
      'after',
      '\nAsks for what is not given, if this is a terminal. Existing files are kept as they are. What it writes validates.',
    );
  },

  async run(context, options, [directory = '.']) {
    const done = await initialise(context, options, directory);
    context.terminal.out(options.format === 'json' ? initialisedAsJson(done) : initialisedAsText(done));
    return (done.exported?.differing ?? []).length === 0 ? ExitCode.ok : ExitCode.error;
  },
};

async function initialise(context: CommandContext, options: InitOptions, directory: string): Promise<Initialised> {
  const app = appFor(context, options);
  if (options.fromLive !== undefined) {
    const harbor = harborOnCommandLine(options, harborUrl(options.fromLive), '--from-live');
    return initFromLive(app, directory, { directory, harbor }, options.ci ?? 'none');
  }
  // A person is not asked for what cannot be written.
  await checkDirectory(`${directory}/policies`, false);
  const url = harborUrl(options.url ?? (await asked(context, 'URL of Harbor')) ?? missingUrl());
  const names = options.upstream ?? (await asked(context, 'Registries to cache', DEFAULT_UPSTREAMS.join(',')));
  const upstreams = upstreamsCalled(names?.split(',').map((name) => name.trim()));
  const ci = options.ci ?? ciCalled((await asked(context, `CI (${CI_SYSTEMS.join(', ')})`, 'none')) ?? 'none');
  return initRepository(app, directory, { url, upstreams, ci });
}

/** @returns nothing where nobody can be asked. @throws UsageError where the person left */
async function asked(context: CommandContext, question: string, proposal?: string): Promise<string | undefined> {
  if (!canAsk(context)) return undefined;
  const answer = await askText(context, `${question}${proposal === undefined ? '' : ` [${proposal}]`}: `);
  if (answer === undefined) throw new UsageError('nothing was written');
  return answer === '' ? proposal : answer;
}

function missingUrl(): never {
  throw new UsageError(
    'the URL of Harbor is not known',
    'pass --url https://harbor.example.com, or --from-live to take over an existing Harbor',
  );
}
