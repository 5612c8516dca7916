import { UsageError } from '../../errors';
import type { AppContext } from '../context';
import { harborOnCommandLine, harborUrl, type CredentialOptions } from '../harbor-of';
import { CI_SYSTEMS, DEFAULT_UPSTREAMS, type Ci } from './answers';
import { checkHasNoPolicies, ciCalled, initFromLive, initRepository, upstreamsCalled, type Initialised } from './init';

/** What is given is not asked for. */
export interface InitOptions extends CredentialOptions {
  readonly url?: string;
  /** URL of a Harbor whose policies are exported. */
  readonly fromLive?: string;
  /** Names separated by commas. */
  readonly upstream?: string;
  readonly ci?: Ci;
}

/** Asks a person: the answer, or undefined if the person cancelled. Absent: this is not a terminal. */
export type Ask = (question: string) => Promise<string | undefined>;

/** Asks for missing options. @throws UsageError if one is missing without a terminal, or the person cancelled */
export async function initialise(
  app: AppContext,
  options: InitOptions,
  directory: string,
  ask: Ask | undefined,
): Promise<Initialised> {
  if (options.fromLive !== undefined) {
    const harbor = harborOnCommandLine(options, harborUrl(options.fromLive), '--from-live');
    return initFromLive(app, directory, { directory, harbor }, options.ci ?? 'none');
  }
  // Checks the target first: a person is not asked for something that cannot be written.
  await checkHasNoPolicies(directory);
  const url = harborUrl(options.url ?? (await asked(ask, 'URL of Harbor')) ?? missingUrl());
  const names = options.upstream ?? (await asked(ask, 'Registries to cache', DEFAULT_UPSTREAMS.join(',')));
  const upstreams = upstreamsCalled(names?.split(',').map((name) => name.trim()));
  const ci = options.ci ?? ciCalled((await asked(ask, `CI (${CI_SYSTEMS.join(', ')})`, 'none')) ?? 'none');
  return initRepository(app, directory, { url, upstreams, ci });
}

async function asked(ask: Ask | undefined, question: string, proposal?: string): Promise<string | undefined> {
  if (!ask) return undefined;
  const answer = await ask(`${question}${proposal === undefined ? '' : ` [${proposal}]`}: `);
  if (answer === undefined) throw new UsageError('nothing was written');
  return answer === '' ? proposal : answer;
}

function missingUrl(): never {
  throw new UsageError(
    'the URL of Harbor is not known',
    'pass --url https://harbor.example.com, or --from-live to export from an existing Harbor',
  );
}
