import { startStandIns, type StandIns } from '../../app/demo/with-upstream';
import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { FaultSpecError, parseFaultSpec, startSandbox, supportedVersion } from '../../sandbox';
import { scannerThatFinds } from '../../scanner-adapter';
import { plural } from '../../plural';
import type { Command, CommandContext } from '../command';
import { appFor } from '../app';
import { ExitCode } from '../exit-code';
import { addDeclarationOptions, addFormatOption, collect, portNumber, type DeclarationOptions } from '../options';
import { readFindings } from '../input/scanner-findings';
import { untilAborted } from '../until-aborted';

interface SandboxCommandOptions extends DeclarationOptions {
  readonly port: number;
  readonly host: string;
  readonly password: string;
  readonly timeScale: number;
  readonly harborVersion: string;
  readonly data?: string;
  readonly fault: readonly string[];
  readonly scanner?: string | true;
  readonly withUpstream: boolean;
}

export const command: Command<SandboxCommandOptions> = {
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
    const { terminal, signal } = context;
    const harborVersion = supportedVersion(options.harborVersion);
    // Whatever else it answered would be a guess.
    if (harborVersion === undefined)
      throw new UsageError(`the sandbox stands in for Harbor 2.13 to 2.16, not for ${options.harborVersion}`);
    if (!(options.timeScale > 0)) throw new UsageError('--time-scale takes a number above 0, such as 0.05');
    refuseWrongFaults(options.fault);
    const findings = options.scanner === undefined ? undefined : await readFindings(options.scanner);
    const { port, host, password, timeScale, fault: faults, data } = options;
    const sandbox = await startSandbox(
      compact({
        port,
        host,
        password,
        timeScale,
        harborVersion,
        faults,
        onError: (error) => terminal.err(`the sandbox failed: ${String(error)}\n`),
        dataDir: data,
        scanner: findings === undefined ? undefined : scannerThatFinds(findings),
      }),
    ).catch(explainListening);
    try {
      const standIns = await standInsFor(context, options, sandbox.url);
      terminal.out(
        options.format === 'json'
          ? `${JSON.stringify({ schemaVersion: 1, url: sandbox.url, harborVersion, ...filesOf(standIns) })}\n`
          : `${sandbox.url}\n`,
      );
      if (!options.quiet) terminal.err(aboutSandbox(harborVersion, data, standIns));
      await untilAborted(signal);
      await standIns?.close();
    } finally {
      await sandbox.close();
    }
    return ExitCode.ok;
  },
};

async function standInsFor(
  context: CommandContext,
  options: SandboxCommandOptions,
  url: string,
): Promise<StandIns | undefined> {
  if (!options.withUpstream) return undefined;
  return startStandIns(appFor(context, options), options, {
    url,
    password: options.password,
    directory: '.breakwater',
  });
}

function filesOf(standIns: StandIns | undefined): object {
  return standIns ? { overlay: standIns.overlay, environment: standIns.environment } : {};
}

function aboutSandbox(harborVersion: string, data: string | undefined, standIns: StandIns | undefined): string {
  const forgets = data === undefined ? ' and deletes all data' : '';
  const about = `a stand-in for Harbor ${harborVersion}, not a real one; log in as admin; Ctrl-C stops it${forgets}\n`;
  if (!standIns) return about;
  const { upstreams, images, environment, overlay } = standIns;
  return (
    `${about}${plural(upstreams, 'upstream')} with ${plural(images, 'image')}; in another terminal:\n` +
    `  . ${environment}\n  breakwater apply --overlay ${overlay}\n  breakwater conform --overlay ${overlay}\n`
  );
}

const NOT_LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use: choose another --port, or 0 for a free one',
  EACCES: 'a port below 1024 needs root: choose another --port',
  EADDRNOTAVAIL: 'this machine does not have this address: check --host',
  ENOTFOUND: 'this name does not resolve: check --host',
};

function explainListening(error: NodeJS.ErrnoException): never {
  const hint = NOT_LISTENING[error.code ?? ''];
  if (hint === undefined || !['listen', 'getaddrinfo'].includes(error.syscall ?? '')) throw error;
  throw new UsageError(`the sandbox cannot listen: ${error.message}`, hint);
}

/** A fault that cannot be read is the caller's mistake, told before anything starts. */
function refuseWrongFaults(specifications: readonly string[]): void {
  try {
    specifications.forEach(parseFaultSpec);
  } catch (error) {
    if (error instanceof FaultSpecError) throw new UsageError(error.message, 'see docs/guides/sandbox.md');
    throw error;
  }
}
