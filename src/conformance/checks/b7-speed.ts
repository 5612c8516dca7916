import { readBlob } from '../pull/blob-reading';
import { largestBlob } from '../support/blob-of-image';
import type { ProjectCheck, ProjectContext } from '../model/check';
import type { NamedImage } from '../pull/named-image';
import type { RequestRecord } from '../../oci';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/** The largest layer of each image, once. Small layers are only judged by their first byte. */
export const check: ProjectCheck = {
  id: 'B7',
  title: 'Layers are served fast enough',
  proves: 'The largest layer starts within 30 s and arrives at 1 MiB/s or more.',
  why: 'kubelet gives up after five minutes without progress, Harbor’s own client after 30 (goharbor/harbor#22393).',
  limits: 'Measures once, from this machine; for small layers the rate means little and is not checked.',
  upstreamCost: '2 GET per layer that is not cached',
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
  const records: RequestRecord[] = [];
  const record = (one: RequestRecord): void => {
    records.push(one);
    context.wire.record(one);
  };
  const { problem } = await readBlob(context.puller, image.name, blob, { ...context.wire, record });
  if (problem !== undefined) return skip(`${problem} (see B1)`);
  const last = records.at(-1);
  return judge(blob.sizeBytes, last?.firstByteMs ?? 0, last?.durationMs ?? 0);
}

/**
 * Both times are those of the last request, after redirects. The first byte may take 30 s, because Harbor may have to
 * ask the upstream.
 */
export function judge(sizeBytes: number, firstByteMs: number, durationMs: number): Outcome {
  const mibPerSecond = sizeBytes / (1 << 20) / Math.max(0.001, durationMs / 1000);
  const problems: string[] = [];
  if (firstByteMs > MAX_FIRST_BYTE_MS) problems.push(`the first byte came after ${firstByteMs} ms`);
  if (sizeBytes >= JUDGED_FROM_BYTES && mibPerSecond < MIN_MIB_PER_SECOND)
    problems.push(`${mibPerSecond.toFixed(2)} MiB/s; the minimum is ${MIN_MIB_PER_SECOND} MiB/s`);
  const shown = [evidence('first byte', `${firstByteMs} ms`), evidence('rate', `${mibPerSecond.toFixed(1)} MiB/s`)];
  const kinds = problems.length > 0 ? [problem('slow', `${mibPerSecond.toFixed(2)} MiB/s`, `${firstByteMs} ms`)] : [];
  return failOn(problems, `first byte after ${firstByteMs} ms, ${mibPerSecond.toFixed(1)} MiB/s`, shown, kinds);
}
