import { gzipSync } from 'node:zlib';
import { bytesBlob, type FixtureImage, image, OCI, sha256, tarOf } from './image';

interface Part {
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Extras {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly architecture?: string;
}

/** An OCI artifact that need not be an image. */
function artifact(config: Part, layers: readonly Part[], extras: Extras = {}): FixtureImage {
  const { artifactType, annotations, architecture = '' } = extras;
  const mediaType = `${OCI}manifest.v1+json`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      artifactType,
      config: descriptor(config),
      layers: layers.map(descriptor),
      annotations,
    }),
  );
  const blobs = [config, ...layers].map(({ bytes }) => bytesBlob(bytes));
  return { manifest, mediaType, digest: sha256(manifest), architecture, blobs, children: [] };
}

function descriptor({ mediaType, bytes, annotations }: Part): object {
  return { mediaType, digest: sha256(bytes), size: bytes.length, annotations };
}

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

const TITLE = 'org.opencontainers.image.title';

/** The result of `helm push`: the metadata of the chart as its configuration, the archive as its only layer. */
export function chart(): FixtureImage {
  const metadata = { name: 'tiny', version: '0.1.0', description: 'fixture', apiVersion: 'v2', appVersion: '1.0' };
  const file = 'apiVersion: v2\nname: tiny\nversion: 0.1.0\nappVersion: "1.0"\ndescription: fixture\n';
  return artifact(
    { mediaType: 'application/vnd.cncf.helm.config.v1+json', bytes: json(metadata) },
    [
      {
        mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
        bytes: gzipped(tarOf('tiny/Chart.yaml', Buffer.from(file))),
      },
    ],
    { annotations: { [TITLE]: 'tiny', 'org.opencontainers.image.version': '0.1.0' } },
  );
}

/** The same bytes on every system: stored blocks, and no operating system in the header. */
function gzipped(bytes: Buffer): Buffer {
  const archive = gzipSync(bytes, { level: 0 });
  archive[9] = 255;
  return archive;
}

/** The result of `oras push`: an empty configuration and its own type. */
export function typedArtifact(type: string): FixtureImage {
  return artifact(
    { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') },
    [
      {
        mediaType: 'application/vnd.example.data',
        bytes: Buffer.from(`data of ${type}`),
        annotations: { [TITLE]: 'data.txt' },
      },
    ],
    { artifactType: type, annotations: { 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' } },
  );
}

const PREDICATE = 'https://slsa.dev/provenance/v0.2';

/** The result of `docker buildx build`: an image, and its attestation without a platform. */
export function attested(seed: string): FixtureImage {
  const built = image({ seed });
  const attestation = attestationOf(seed, built);
  const mediaType = `${OCI}index.v1+json`;
  const manifests = [
    childOf(built, { architecture: 'amd64', os: 'linux' }),
    childOf(
      attestation,
      { architecture: 'unknown', os: 'unknown' },
      {
        'vnd.docker.reference.digest': built.digest,
        'vnd.docker.reference.type': 'attestation-manifest',
      },
    ),
  ];
  const manifest = json({ schemaVersion: 2, mediaType, manifests });
  return { manifest, mediaType, digest: sha256(manifest), architecture: '', blobs: [], children: [built, attestation] };
}

function childOf({ mediaType, digest, manifest }: FixtureImage, platform: object, annotations?: object): object {
  return { mediaType, digest, size: manifest.length, annotations, platform };
}

/**
 * As BuildKit writes them: an image whose config is for `unknown/unknown`, next to the image that it is about.
 */
function attestationOf(seed: string, { digest }: FixtureImage): FixtureImage {
  const statement = json({
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: PREDICATE,
    subject: [{ name: seed, digest: { sha256: digest.slice('sha256:'.length) } }],
    predicate: {},
  });
  const config = {
    architecture: 'unknown',
    os: 'unknown',
    config: {},
    rootfs: { type: 'layers', diff_ids: [sha256(statement)] },
  };
  return artifact(
    { mediaType: `${OCI}config.v1+json`, bytes: json(config) },
    [
      {
        mediaType: 'application/vnd.in-toto+json',
        bytes: statement,
        annotations: { 'in-toto.io/predicate-type': PREDICATE },
      },
    ],
    { architecture: 'attestation' },
  );
}
