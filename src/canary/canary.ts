import { compact } from '../compact';
import { startFixtureUpstream, type FixtureImageName, type FixtureUpstream } from '../upstream';
import { startControl, type Control, type TlsFiles } from './control-server';

/** Images that a canary always serves: `breakwater/<name>:1`, the same bytes on every machine. */
export const CANARY_IMAGES: Readonly<Record<string, FixtureImageName>> = {
  'breakwater/single': 'a',
  'breakwater/docker': 'c',
  'breakwater/index': 'idx',
  'breakwater/layers': 'layers',
  'breakwater/large': 'big',
  'breakwater/zstd': 'zstd',
};

/** `tls` is used on both ports. */
export interface CanaryOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: TlsFiles;
  /** Absent: it accepts no commands and never misbehaves. */
  readonly control?: { readonly host: string; readonly port: number; readonly token: string };
  /** Milliseconds after the last command until it returns to normal. Default 15 minutes. */
  readonly recoverAfterMs?: number;
}

/** It runs until `close`. */
export interface Canary {
  readonly url: string;
  /** Absent if it accepts no commands. */
  readonly controlUrl?: string;
  readonly close: () => Promise<void>;
}

/** Longer than the two health checks of Harbor, every five minutes, that S4b waits for. */
const RECOVER_AFTER_MS = 15 * 60_000;

/**
 * Starts a canary. Rejects if a port is in use.
 * What it does after commands:
 *
 *     images as at the start ──► command ──► misbehaves ──► command ──► …
 *            ▲                                  │
 *            └──── 15 min after the last one ───┘     also if `conform` was killed and never says `ok` again
 */
export async function startCanary(options: CanaryOptions): Promise<Canary> {
  const { host, port, tls } = options;
  const upstream = await startFixtureUpstream(compact({ name: 'canary', host, port, tls }));
  furnish(upstream);
  const recovery = recoveryOf(upstream, options.recoverAfterMs ?? RECOVER_AFTER_MS);
  let control: Control | undefined;
  try {
    control =
      options.control &&
      (await startControl(compact({ ...options.control, tls, upstream, onCommand: recovery.postpone })));
  } catch (error) {
    await upstream.close();
    throw error;
  }
  return compact({
    url: upstream.url,
    controlUrl: control?.url,
    close: async () => {
      recovery.cancel();
      await control?.close();
      await upstream.close();
    },
  });
}

function furnish(upstream: FixtureUpstream): void {
  for (const [repository, name] of Object.entries(CANARY_IMAGES)) upstream.put(repository, '1', name);
}

/** A killed run cannot undo its commands: some time after the last one the canary resets itself. */
function recoveryOf(upstream: FixtureUpstream, afterMs: number): { postpone: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const recover = (): void => {
    upstream.reset();
    furnish(upstream);
    // If another program took the port meanwhile, it is tried again later, without a limit.
    upstream.start().catch(postpone);
  };
  function postpone(): void {
    clearTimeout(timer);
    timer = setTimeout(recover, afterMs);
    timer.unref();
  }
  return { postpone, cancel: () => clearTimeout(timer) };
}
