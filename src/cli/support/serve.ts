import { compact } from '../../compact';
import { ExitCode, type CommandContext, type CommonOptions } from '../command';

/** A server that is ready. */
export interface Served {
  /** Its URLs, one per line. */
  readonly urls: { readonly url: string; readonly controlUrl?: string | undefined };
  /** Further data for programs. */
  readonly facts?: object;
  /** One line for the person who started it. */
  readonly note: string;
  readonly close: () => Promise<unknown>;
}

/** Prints its URLs, and stops it on SIGINT or SIGTERM. */
export async function serveUntilStopped(
  { terminal, signal }: CommandContext,
  { format, quiet }: CommonOptions,
  { urls, facts, note, close }: Served,
): Promise<ExitCode> {
  const known: Record<string, string> = compact({ ...urls });
  terminal.out(
    format === 'json'
      ? `${JSON.stringify({ schemaVersion: 1, ...known, ...facts })}\n`
      : `${Object.values(known).join('\n')}\n`,
  );
  if (!quiet) terminal.err(`${note}\n`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await close();
  return ExitCode.ok;
}
