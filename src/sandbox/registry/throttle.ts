import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProjectRow } from '../store/rows';

const BURST_BYTES = 1 << 20;

/** Harbor's `proxy_speed_kb`: kilobits a second on the upstream side, after a burst of a mebibyte. */
export function throttle(source: Readable, project: ProjectRow): Readable {
  const kilobits = Number(project.metadata['proxy_speed_kb'] ?? 0);
  if (!(kilobits > 0)) return source;
  const limiter = rateLimiter((kilobits * 1024) / 8);
  source.on('error', (error) => limiter.destroy(error));
  return source.pipe(limiter);
}

/**
 * Only chunks are delayed, none is split. The first bytes pass at once, as through the token bucket of Harbor.
 */
function rateLimiter(bytesPerSecond: number): Transform {
  const started = Date.now();
  let passedBytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passedBytes += chunk.length;
      const dueMs = ((passedBytes - BURST_BYTES) / bytesPerSecond) * 1000 - (Date.now() - started);
      void sleep(Math.max(0, dueMs)).then(() => done(null, chunk));
    },
  });
}
