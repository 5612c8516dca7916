import { BreakwaterError, NetworkError } from '../errors';
import { manifestReference } from '../oci';
import type { OriginFinding } from './cause';
import type { ProjectContext } from './check';
import { openUpstream } from './checks/m6-upstream-digest';
import { namedImage } from './image-cache';

/**
 * What the upstream itself says of the first declared image, to this machine and with the declared login. One HEAD,
 * which upstreams that count pulls do not count.
 */
export async function askOrigin({
  project,
  wire,
}: Pick<ProjectContext, 'project' | 'wire'>): Promise<OriginFinding | undefined> {
  const [text] = project.images;
  if (!project.origin || text === undefined) return undefined;
  const { image } = namedImage(project.name, text);
  const upstream = openUpstream(project.origin);
  try {
    const { status, requestId } = await upstream.manifest('HEAD', image.repository, manifestReference(image), wire);
    return { state: 'answers', status, requestId };
  } catch (error) {
    if (error instanceof NetworkError) return { state: 'unreachable', why: error.message };
    const { status, requestId = '' } = error as { status?: number; requestId?: string };
    return error instanceof BreakwaterError && status !== undefined
      ? { state: 'answers', status, requestId }
      : undefined;
  } finally {
    await upstream.close();
  }
}
