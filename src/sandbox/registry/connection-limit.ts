import { HarborError } from '../errors';
import type { ProjectRow } from '../store/rows';

/** Harbor's message when the upstream, or its own `max_upstream_conn`, limits the rate. */
export function tooManyRequests(): HarborError {
  return new HarborError('TOO_MANY_REQUEST', 'too many requests to upstream registry');
}

/** Counts connections to upstreams per repository and digest, as Harbor does in Redis. */
export class ConnectionLimit {
  private readonly open = new Map<string, number>();

  /**
   * Takes a slot for this artifact; call the returned function to free it.
   * @throws HarborError 429 when the project's `max_upstream_conn` is reached
   */
  acquire(project: ProjectRow, repository: string, digest: string): () => void {
    const limit = Number(project.metadata['max_upstream_conn'] ?? 0);
    if (!(limit > 0)) return () => undefined;
    const key = `${repository}:${digest}`;
    const current = this.open.get(key) ?? 0;
    if (current >= limit) throw tooManyRequests();
    this.open.set(key, current + 1);
    let released = false;
    return () => {
      if (!released) this.release(key);
      released = true;
    };
  }

  /**
   * A key without connections is removed, so that the map does not grow with every client that was ever seen.
   */
  private release(key: string): void {
    const left = (this.open.get(key) ?? 1) - 1;
    if (left > 0) this.open.set(key, left);
    else this.open.delete(key);
  }
}
