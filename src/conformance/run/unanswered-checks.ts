import type { CheckResult } from '../model/result';

/** One may be bad luck. */
const ENOUGH = 2;

/**
 * Harbor waits for an upstream that drops packets for half an hour, and a request is given up after a minute: every
 * check of such a project would take its minutes from the projects that can still be proven.
 */
export class UnansweredChecks {
  private readonly unanswered: string[] = [];

  note({ id, status, message, requests }: CheckResult): void {
    const last = requests.at(-1);
    if (status !== 'error' || last?.status !== undefined || !last?.error) return;
    if (message.includes('UND_ERR_HEADERS_TIMEOUT')) this.unanswered.push(id);
  }

  /** Why nothing more is worth a try; undefined while it is. */
  get reasonToStop(): string | undefined {
    if (this.unanswered.length < ENOUGH) return undefined;
    return `${this.unanswered.slice(0, ENOUGH).join(' and ')} got no response from Harbor`;
  }
}
