import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

export const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const STATEMENT = 'application/vnd.in-toto+json';
export const SIGNED_BY_COSIGN = 'https://sigstore.dev/cosign/sign/v1';

/** What a DSSE signature is of: the type and the payload, each with its length. */
function preAuthenticated(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${STATEMENT.length} ${STATEMENT} ${payload.length} `), payload]);
}

/** A Sigstore bundle v0.3 of a key, as cosign 3 attaches it: a DSSE envelope around an in-toto statement. */
export function sigstoreBundle(digest: string, privateKey: KeyObject): Buffer {
  const payload = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ digest: { sha256: digest.replace('sha256:', '') } }],
      predicateType: SIGNED_BY_COSIGN,
      predicate: {},
    }),
  );
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const hint = createHash('sha256').update(der).digest('base64');
  return Buffer.from(
    JSON.stringify({
      mediaType: BUNDLE,
      verificationMaterial: { publicKey: { hint } },
      dsseEnvelope: {
        payload: payload.toString('base64'),
        payloadType: STATEMENT,
        signatures: [{ sig: sign('sha256', preAuthenticated(payload), privateKey).toString('base64') }],
      },
    }),
  );
}

interface Bundle {
  readonly dsseEnvelope: {
    readonly payload: string;
    readonly payloadType: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
}

/** Whether one of its signatures is of this key, and the statement of this digest. */
export function isBundleOf(bytes: Buffer, digest: string, publicKey: KeyObject): boolean {
  const { dsseEnvelope } = JSON.parse(bytes.toString('utf8')) as Bundle;
  const payload = Buffer.from(dsseEnvelope.payload, 'base64');
  const { subject } = JSON.parse(payload.toString('utf8')) as { subject: readonly { digest: { sha256?: string } }[] };
  const isOf = subject.some((one) => one.digest.sha256 === digest.replace('sha256:', ''));
  const signed = preAuthenticated(payload);
  const isSigned = dsseEnvelope.signatures.some(({ sig }) =>
    verify('sha256', signed, publicKey, Buffer.from(sig, 'base64')),
  );
  return isOf && isSigned && dsseEnvelope.payloadType === STATEMENT;
}
