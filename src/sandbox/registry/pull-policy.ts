import type { Context } from '../context';
import { HarborError } from '../errors';
import type { ArtifactRow, ProjectRow } from '../rows';
import { accessoriesOf } from './accessories';

const SIGNATURES = [
  { key: 'enable_content_trust_cosign', type: 'signature.cosign', name: 'cosign' },
  { key: 'enable_content_trust', type: 'signature.notation', name: 'notation' },
] as const;

/**
 * What a project demands of an image before it is pulled. Runs on the local path only: a proxied first pull is never
 * blocked (harbor.md 3.4). `prevent_vul` does nothing here: without a scanner Harbor lets every image pass.
 * @throws HarborError 412
 */
export function checkPullPolicy(context: Context, project: ProjectRow, artifact: ArtifactRow): void {
  // Signatures themselves must stay pullable, or nothing could ever be verified.
  if (context.store.accessories.count('artifact', artifact.id) > 0) return;
  for (const { key, type, name } of SIGNATURES) {
    if (project.metadata[key] !== 'true') continue;
    if (accessoriesOf(context, artifact).some((accessory) => accessory.type === type)) continue;
    throw new HarborError('PROJECTPOLICYVIOLATION', `The image is not signed by ${name}.`);
  }
}
