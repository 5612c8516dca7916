import { readBlob } from '../pull/blob-reading';
import { largestBlob } from '../support/blob-of-image';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import type { Descriptor, RequestRecord } from '../../oci';
import { error, evidence, fail, pass, skip, type Outcome } from '../model/outcome';
import { busyWords, mayBeOwnDelay, withOwnDelay } from '../support/own-delay';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * The largest layer of each image, and once more if it was slow: other projects of this run pull at the same time. Small
 * layers are only judged by their first byte.
 */
export const check: ProjectCheck = {
  id: 'B7',
  title: 'Layers are served fast enough',
  proves: 'The largest layer starts within 30 s and arrives at 1 MiB/s or more.',
  why: 'kubelet gives up after five minutes without progress, Harbor’s own client after 30 (goharbor/harbor#22393).',
  limits:
    'Measures from this machine, beside the other pulls of the run; for small layers the rate means little and is not checked.',
  upstreamCost: '2 GET per layer that is not cached, 4 if it is slow',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

const MAX_FIRST_BYTE_MS = 30_000;
const MIN_MIB_PER_SECOND = 1;
/** For smaller layers the handshake takes longer than the transfer. */
const JUDGED_FROM_BYTES = 8 << 20;

async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const blob = await largestBlob(context, image);
  if (!blob) return skip('no manifest (see M2)');
  const first = await measure(context, image, blob);
  return first.status === 'fail' || first.status === 'error' ? measure(context, image, blob) : first;
}

async function measure(context: ProjectContext, image: NamedImage, blob: Descriptor): Promise<Outcome> {
  const records: RequestRecord[] = [];
  const record = (one: RequestRecord): void => {
    records.push(one);
    context.wire.record(one);
  };
  const { result, ownDelayMs } = await withOwnDelay(() =>
    readBlob(context.puller, image.name, blob, { ...context.wire, record }),
  );
  const { problem } = result;
  if (problem !== undefined) return skip(`${problem} (see B1)`);
  const last = records.at(-1);
  return judge(blob.sizeBytes, last?.firstByteMs ?? 0, last?.durationMs ?? 0, ownDelayMs);
}

/**
 * Both times are those of the last request, after redirects. The first byte may take 30 s, because Harbor may have to
 * ask the upstream.
 */
export function judge(sizeBytes: number, firstByteMs: number, durationMs: number, ownDelayMs = 0): Outcome {
  const mebibytes = sizeBytes / (1 << 20);
  const mibPerSecond = mebibytes / Math.max(0.001, durationMs / 1000);
  const shown = [evidence('first byte', `${firstByteMs} ms`), evidence('rate', `${mibPerSecond.toFixed(1)} MiB/s`)];
  const rate = `${mibPerSecond.toFixed(2)} MiB/s`;
  const limits = [
    { tookMs: firstByteMs, boundMs: MAX_FIRST_BYTE_MS, words: `the first byte came after ${firstByteMs} ms` },
    {
      tookMs: durationMs,
      boundMs: sizeBytes < JUDGED_FROM_BYTES ? Infinity : (mebibytes / MIN_MIB_PER_SECOND) * 1000,
      words: `${rate}; the minimum is ${MIN_MIB_PER_SECOND} MiB/s`,
    },
  ];
  const slow = limits.filter(({ tookMs, boundMs }) => tookMs > boundMs);
  const words = slow.map((one) => one.words).join('; ');
  if (slow.length === 0) return pass(`first byte after ${firstByteMs} ms, ${mibPerSecond.toFixed(1)} MiB/s`, shown);
  if (slow.every((one) => mayBeOwnDelay({ ...one, ownDelayMs })))
    return error(`${words}, but ${busyWords({ ownDelayMs })}`);
  return fail(words, shown, [problem('slow', rate, `${firstByteMs} ms`)]);
}
