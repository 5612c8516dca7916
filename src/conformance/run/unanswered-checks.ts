import type { CheckResult } from '../model/result';

/** A single one may be a coincidence. */
const ENOUGH = 2;

/**
 * Harbor waits half an hour for an upstream that drops packets, and a request is aborted after a minute: the checks of
 * such a project would use up the time of projects that can still be verified.
 */
export class UnansweredChecks {
  private readonly unanswered: string[] = [];

  /** @param host of Harbor: a mirror domain or an upstream that does not respond says nothing about it */
  constructor(private readonly host: string) {}

  note({ id, status, message, requests }: CheckResult): void {
    const last = requests.at(-1);
    if (status !== 'error' || last?.status !== undefined || !last?.error) return;
    if (!URL.canParse(last.url) || new URL(last.url).host !== this.host) return;
    if (message.includes('UND_ERR_HEADERS_TIMEOUT')) this.unanswered.push(id);
  }

  /** Why further checks make no sense; undefined if they do. */
  get reasonToStop(): string | undefined {
    if (this.unanswered.length < ENOUGH) return undefined;
    return `${this.unanswered.slice(0, ENOUGH).join(' and ')} got no response from Harbor`;
  }
}
