import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { FaultSpecError, parseFaultSpec, startSandbox, supportedVersion } from '../../sandbox';
import type { scannerThatFinds } from '../../scanner-adapter';
import type { AppContext } from '../context';
import type { StandIns, startStandIns } from '../demo/with-upstream';
import type { PolicySource } from '../load';
import { makeDirectory } from '../../make-directory';

/** As on the command line; `timeScale` below 1 makes Harbor's waits shorter. */
export interface SandboxOptions extends PolicySource {
  readonly port: number;
  readonly host: string;
  readonly password: string;
  readonly timeScale: number;
  readonly harborVersion: string;
  /** Keeps state and blobs over a restart. */
  readonly data?: string;
  readonly fault: readonly string[];
  /** A scanner next to it: with the CVEs of this file, or with two examples. */
  readonly scanner?: string | true;
  /** Serves images for the declared registries too. */
  readonly withUpstream?: boolean;
}

/** It serves until `close`, which also removes the files of the stand-ins. */
export interface Sandbox {
  readonly url: string;
  readonly harborVersion: string;
  readonly standIns?: StandIns;
  readonly close: () => Promise<void>;
}

/** @throws UsageError if an option is not valid, DeclarationError */
export async function serveSandbox(
  context: AppContext,
  options: SandboxOptions,
  onError: (error: unknown) => void,
): Promise<Sandbox> {
  const harborVersion = supportedVersion(options.harborVersion);
  // The responses of other versions would be guesses.
  if (harborVersion === undefined)
    throw new UsageError(`the sandbox imitates Harbor 2.13 to 2.16, not ${options.harborVersion}`);
  if (!(options.timeScale > 0)) throw new UsageError('--time-scale takes a number above 0, such as 0.05');
  refuseWrongFaults(options.fault);
  const { port, host, password, timeScale, fault: faults, data: dataDir } = options;
  if (dataDir !== undefined) await makeDirectory(dataDir, { mode: 0o700 });
  const scanner = options.scanner === undefined ? undefined : await scannerWith(options.scanner);
  const sandbox = await startSandbox(
    compact({ port, host, password, timeScale, harborVersion, faults, onError, dataDir, scanner }),
  ).catch(explainListening);
  const { url } = sandbox;
  try {
    const place = { url, password, directory: '.breakwater' };
    const standIns = options.withUpstream ? await standInsFor(context, options, place) : undefined;
    const close = async (): Promise<void> => {
      await standIns?.close();
      await sandbox.close();
    };
    return compact({ url, harborVersion, standIns, close });
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

// Loaded on demand: without them the sandbox starts in half the time.
async function scannerWith(scanner: string | true): Promise<ReturnType<typeof scannerThatFinds>> {
  const [{ readFindings }, adapter] = await Promise.all([
    import('./scanner-findings.js'),
    import('../../scanner-adapter/index.js'),
  ]);
  return adapter.scannerThatFinds(await readFindings(scanner));
}

async function standInsFor(...given: Parameters<typeof startStandIns>): Promise<StandIns> {
  const { startStandIns: start } = await import('../demo/with-upstream.js');
  return start(...given);
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

/** An invalid fault is an error of the caller, reported before anything starts. */
function refuseWrongFaults(specifications: readonly string[]): void {
  try {
    specifications.forEach(parseFaultSpec);
  } catch (error) {
    if (error instanceof FaultSpecError) throw new UsageError(error.message, 'see docs/guides/sandbox.md');
    throw error;
  }
}
