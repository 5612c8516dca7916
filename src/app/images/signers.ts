import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DeclaredSignature } from '../../deploy';
import { UsageError } from '../../errors';
import type { RegistryClient, WireOptions } from '../../oci';
import { signatureProblem, type Unsigned } from './signature';
import { readPublicKey } from './signed-by';

/** Who must have signed the images whose names begin with a prefix. */
interface Signer {
  readonly images: string;
  /** Absent for a keyless signature. */
  readonly key?: KeyObject;
  readonly declared: DeclaredSignature;
}

/** In the order of images.yaml, which does not matter: the longest prefix counts. */
export type Signers = readonly Signer[];

/**
 * @param file images.yaml; paths of keys are relative to it
 * @throws UsageError
 */
export async function readSigners(file: string, declared: readonly DeclaredSignature[] = []): Promise<Signers> {
  return Promise.all(
    declared.map(async (signature) => {
      if (!('key' in signature)) return { images: signature.images, declared: signature };
      const path = resolve(dirname(file), signature.key);
      try {
        const key = readPublicKey(await readFile(path, 'utf8'));
        return { images: signature.images, key, declared: signature };
      } catch (error) {
        throw new UsageError(
          `${path} is not a public key that can be read: ${(error as Error).message}`,
          'write it with: cosign public-key --key KEY',
        );
      }
    }),
  );
}

/** The declared signatures that this run verifies. */
export function demanded(
  declared: readonly DeclaredSignature[] | undefined,
  { skipKeyless }: { readonly skipKeyless: boolean },
): readonly DeclaredSignature[] {
  return (declared ?? []).filter((signature) => 'key' in signature || !skipKeyless);
}

/** One image under two names: as it is pinned, and as it is asked for. */
export interface ImageInRegistry {
  /** As pinned: `registry.example.com/goharbor/harbor-core:v2.15.2`, with or without its digest. */
  readonly image: string;
  readonly repository: string;
  readonly digest: string;
}

/**
 * Why the declared signature of an image is not valid, in words; undefined if it is valid, or none is declared. The
 * longest matching prefix counts.
 * @throws NetworkError
 */
export async function unsigned(
  signers: Signers,
  client: RegistryClient,
  { image, repository, digest }: ImageInRegistry,
  wire: WireOptions,
): Promise<Unsigned | undefined> {
  const fitting = signers.filter(({ images }) => image.startsWith(images));
  const signer = fitting.sort((a, b) => b.images.length - a.images.length)[0];
  if (!signer) return undefined;
  if (signer.key) return signatureProblem(client, { repository, digest }, signer.key, wire);
  const problem = keylessProblem(signer.declared, `${image.split('@')[0] ?? image}@${digest}`);
  return { problem, isUnknown: false };
}

/** This needs the roots of the CA and the transparency log, which only cosign has. */
function keylessProblem(declared: DeclaredSignature, image: string): string {
  if (!('identity' in declared)) return 'no signer is declared';
  const { identity, issuer } = declared;
  const command = `cosign verify --certificate-identity '${identity}' --certificate-oidc-issuer '${issuer}' ${image}`;
  return `a signature without a key is not verified here: run ${command}, then pin with --skip-keyless`;
}
