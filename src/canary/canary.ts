import { compact } from '../compact';
import { startFixtureUpstream, type FixtureImageName, type FixtureUpstream } from '../upstream';
import { startControl, type Control, type TlsFiles } from './control-server';

/** What a canary serves at any time: `breakwater/<name>:1`, the same bytes on every machine. */
export const CANARY_IMAGES: Readonly<Record<string, FixtureImageName>> = {
  'breakwater/single': 'a',
  'breakwater/docker': 'c',
  'breakwater/index': 'idx',
  'breakwater/layers': 'layers',
  'breakwater/large': 'big',
  'breakwater/zstd': 'zstd',
};

export interface CanaryOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls?: TlsFiles;
  /** Absent: it takes no commands and never misbehaves. */
  readonly control?: { readonly host: string; readonly port: number; readonly token: string };
  /** Milliseconds after the last command until it behaves again by itself. Default 15 minutes. */
  readonly recoverAfterMs?: number;
}

export interface Canary {
  readonly url: string;
  readonly controlUrl?: string;
  readonly close: () => Promise<void>;
}

/** Longer than S4b waits twice for the check that Harbor makes every five minutes. */
const RECOVER_AFTER_MS = 15 * 60_000;

/** Starts a canary. Rejects when a port is taken. */
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

/** A run that was killed cannot undo what it did: some time after its last command the canary is as it was started. */
function recoveryOf(upstream: FixtureUpstream, afterMs: number): { postpone: () => void; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const recover = (): void => {
    upstream.reset();
    furnish(upstream);
    // A port that somebody else took meanwhile is tried again later, for as long as it takes.
    upstream.start().catch(postpone);
  };
  function postpone(): void {
    clearTimeout(timer);
    timer = setTimeout(recover, afterMs);
    timer.unref();
  }
  return { postpone, cancel: () => clearTimeout(timer) };
}
