export type ProbeName = 'certificate' | 'components' | 'identity' | 'pull' | 'job';

/** What one probe saw. */
export interface Seen {
  readonly outcome: 'ok' | 'warning' | 'error';
  /** A sentence without a full stop. */
  readonly message: string;
  readonly hint?: string;
  /** Waiting does not mend it, such as a wrong password. */
  readonly final?: true;
}

export interface Probe {
  readonly name: ProbeName;
  run(): Promise<Seen>;
}

export interface ProbeResult {
  readonly name: ProbeName;
  readonly outcome: Seen['outcome'] | 'not examined';
  readonly message: string;
  readonly hint?: string;
}

export function fine(message: string): Seen {
  return { outcome: 'ok', message };
}

export function warned(message: string, hint?: string): Seen {
  return { outcome: 'warning', message, ...(hint === undefined ? {} : { hint }) };
}

export function failed(message: string, hint?: string): Seen {
  return { outcome: 'error', message, ...(hint === undefined ? {} : { hint }) };
}

export function isHealthy(results: readonly ProbeResult[]): boolean {
  return results.length > 0 && results.every(({ outcome }) => outcome === 'ok' || outcome === 'warning');
}
