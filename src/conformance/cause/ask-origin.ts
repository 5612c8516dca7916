import { BreakwaterError, NetworkError, type NetworkErrorCode } from '../../errors';
import { manifestReference, type RetryPolicy } from '../../oci';
import type { PullContext } from '../context';
import { openUpstream } from '../support/open-upstream';
import { namedImage } from '../pull/named-image';
import { within } from '../time-bound';

export type OriginFinding =
  | { readonly state: 'answers'; readonly status: number; readonly requestId: string }
  | { readonly state: 'unreachable'; readonly code: NetworkErrorCode; readonly why: string };

const WITHIN_MS = 10_000;
/** Who is told to come back in an hour has been told enough. */
const RETRY: RetryPolicy = { attempts: 2, baseDelayMs: 250, maxDelayMs: 1_000 };

/**
 * What the upstream itself says of an image, to this machine and with the declared login. One HEAD, which upstreams
 * that count pulls do not count.
 * @param text below the project; the first declared image by default
 */
export async function askOrigin(
  { project, wire }: Pick<PullContext, 'project' | 'wire'>,
  text = project.images[0],
): Promise<OriginFinding | undefined> {
  if (!project.origin || text === undefined) return undefined;
  const { image } = namedImage(project.name, text);
  const upstream = openUpstream(project.origin, RETRY);
  try {
    const answer = await within(wire, WITHIN_MS, (bounded) =>
      upstream.manifest('HEAD', image.repository, manifestReference(image), bounded),
    );
    if (!answer) return { state: 'unreachable', code: 'NETWORK_TIMEOUT', why: `no answer in ${WITHIN_MS / 1000} s` };
    return { state: 'answers', status: answer.status, requestId: answer.requestId };
  } catch (error) {
    if (error instanceof NetworkError) return { state: 'unreachable', code: error.code, why: error.message };
    const { status, requestId = '' } = error as { status?: number; requestId?: string };
    return error instanceof BreakwaterError && status !== undefined
      ? { state: 'answers', status, requestId }
      : undefined;
  } finally {
    await upstream.close();
  }
}
