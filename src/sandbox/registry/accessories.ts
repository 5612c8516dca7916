import type { Context } from '../context';
import type { AccessoryRow, ArtifactRow } from '../store/rows';
import type { Manifest } from './manifest';

const COSIGN_TAG = /^sha256-([0-9a-f]{64})\.sig$/;
const NYDUS_BOOTSTRAP = 'containerd.io/snapshot/nydus-bootstrap';
const IMAGE_CONFIG = /^application\/vnd\.(oci\.image\.config|docker\.container\.image)\.v1\+json$/;
const TYPE_OF: Readonly<Record<string, string>> = {
  'application/vnd.cncf.notary.signature': 'signature.notation',
  'application/vnd.dev.cosign.artifact.sig.v1+json': 'signature.cosign',
  'application/vnd.dev.sigstore.bundle.v0.3+json': 'signature.cosign',
  'application/vnd.goharbor.harbor.sbom.v1': 'sbom.harbor',
};

/**
 * Records that an artifact belongs to another one: by `subject`, or by cosign's tag scheme. Returns the subject's
 * digest when the manifest names one.
 */
export function noteAccessory(
  context: Context,
  artifact: ArtifactRow,
  manifest: Manifest,
  tag: string | undefined,
): string | undefined {
  const signed = COSIGN_TAG.exec(tag ?? '')?.[1];
  if (signed !== undefined) link(context, artifact, `sha256:${signed}`, 'signature.cosign');
  if (!manifest.subject) return undefined;
  link(context, artifact, manifest.subject.digest, accessoryType(manifest));
  return manifest.subject.digest;
}

/** By repository and digest, not by id: an accessory may be stored before the artifact that it belongs to. */
export function accessoriesOf(context: Context, artifact: ArtifactRow): AccessoryRow[] {
  return context.store.accessories.findAll('subject', `${artifact.repositoryName}@${artifact.digest}`);
}

/** Once for each subject: a second push of the same artifact changes nothing. */
function link({ store, clock }: Context, artifact: ArtifactRow, subjectDigest: string, type: string): void {
  const known = store.accessories.findAll('artifact', artifact.id);
  if (known.some((accessory) => accessory.subjectDigest === subjectDigest)) return;
  store.accessories.insert({
    artifactId: artifact.id,
    repositoryName: artifact.repositoryName,
    subjectDigest,
    type,
    digest: artifact.digest,
    sizeBytes: artifact.sizeBytes,
    creationTime: clock.now(),
  });
}

/**
 * By `artifactType`, and by the type of the config for older manifests. Nydus looks like an image: only an
 * annotation of its last layer tells.
 */
function accessoryType(manifest: Manifest): string {
  const from = manifest.artifactType ?? manifest.config?.mediaType ?? '';
  const isNydus = IMAGE_CONFIG.test(from) && manifest.layers.at(-1)?.annotations?.[NYDUS_BOOTSTRAP] !== undefined;
  return isNydus ? 'accelerator.nydus' : (TYPE_OF[from] ?? 'subject.accessory');
}
