import type { Manifest } from '../../oci';

type Artifact = Extract<Manifest, { kind: 'image' }> & { readonly artifactType: string };

/** A Helm chart, a WASM module, a signature: it has no platform, and its layers have no diff IDs. */
export function isArtifact(manifest: Manifest): manifest is Artifact {
  return manifest.kind === 'image' && manifest.artifactType !== undefined;
}

/** The reason for a skip of checks that are about platforms or layers. */
export function artifactWords({ artifactType }: Artifact): string {
  return `an artifact (${artifactType}) , not an image: it has no platforms and no diff IDs`;
}
