import { execFileSync } from 'node:child_process';
import { sign, verify, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PAYLOAD = 'application/vnd.cncf.notary.payload.v1+json';
const SCHEME = 'io.cncf.notary.signingScheme';

/** A key that is certified for signing, and the authority that certified it. */
export interface Signer {
  readonly privateKey: KeyObject;
  /** The leaf first. */
  readonly chain: readonly X509Certificate[];
}

/** What a signature is of. */
export interface Subject {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A certificate for signing of this key, by an authority made for it, as notation demands them. */
export function certified({ privateKey }: { readonly privateKey: KeyObject }): Signer {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-signer-'));
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const subject = (name: string): string => `/C=US/ST=WA/O=Breakwater/CN=${name}`;
  const root = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'].flatMap((one) => [
    '-addext',
    one,
  ]);
  const leaf = 'basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n';
  try {
    writeFileSync(join(folder, 'leaf.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    writeFileSync(join(folder, 'leaf.ext'), leaf);
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'root.key'];
    openssl('req', '-x509', ...key, '-out', 'root.pem', '-days', '30', '-subj', subject('root'), ...root);
    openssl('req', '-new', '-key', 'leaf.key', '-out', 'leaf.csr', '-subj', subject('signer'));
    const by = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-extfile', 'leaf.ext'];
    openssl('x509', '-req', '-in', 'leaf.csr', ...by, '-out', 'leaf.pem', '-days', '20');
    const chain = ['leaf.pem', 'root.pem'].map((name) => new X509Certificate(readFileSync(join(folder, name))));
    return { privateKey, chain };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The JWS envelope of notation (Notary Project, signature-envelope-jws). */
export function notationEnvelope(targetArtifact: Subject, { privateKey, chain }: Signer): Buffer {
  const payload = base64url({ targetArtifact });
  const header = base64url({
    alg: 'ES256',
    crit: [SCHEME],
    cty: PAYLOAD,
    [SCHEME]: 'notary.x509',
    'io.cncf.notary.signingTime': `${new Date().toISOString().slice(0, 19)}Z`,
  });
  const signature = sign('sha256', Buffer.from(`${header}.${payload}`), {
    key: privateKey,
    dsaEncoding: 'ieee-p1363',
  }).toString('base64url');
  const x5c = chain.map(({ raw }) => raw.toString('base64'));
  const unprotected = { 'io.cncf.notary.signingAgent': 'breakwater/test', x5c };
  return Buffer.from(JSON.stringify({ payload, protected: header, header: unprotected, signature }));
}

interface Envelope {
  readonly payload: string;
  readonly protected: string;
  readonly header: { readonly x5c: readonly string[] };
  readonly signature: string;
}

/**
 * Verifies as notation does, but for revocation: the chain leads to the trusted root, the leaf signed header and payload,
 * and the payload names the artifact.
 * @throws Error that says what is wrong
 */
export function verifyNotation(bytes: Buffer, { digest }: Pick<Subject, 'digest'>, trusted: X509Certificate): void {
  const envelope = JSON.parse(bytes.toString('utf8')) as Envelope;
  const chain = envelope.header.x5c.map((one) => new X509Certificate(Buffer.from(one, 'base64')));
  verifyChain(chain, trusted);
  const header = read(envelope.protected) as { alg?: string; cty?: string };
  if (header.alg !== 'ES256' || header.cty !== PAYLOAD) throw new Error('not a header of notation');
  const signed = Buffer.from(`${envelope.protected}.${envelope.payload}`);
  const key = { key: chain[0]!.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify('sha256', signed, key, Buffer.from(envelope.signature, 'base64url')))
    throw new Error('the signature is not of this payload');
  const { targetArtifact } = read(envelope.payload) as { targetArtifact?: Partial<Subject> };
  if (targetArtifact?.digest !== digest) throw new Error(`it signs ${targetArtifact?.digest ?? 'nothing'}`);
}

function verifyChain(chain: readonly X509Certificate[], trusted: X509Certificate): void {
  if (chain.at(-1)?.fingerprint256 !== trusted.fingerprint256) throw new Error('the root is not trusted');
  const now = Date.now();
  chain.forEach((one, at) => {
    const issuer = chain[at + 1] ?? trusted;
    if (!one.checkIssued(issuer) || !one.verify(issuer.publicKey)) throw new Error(`not issued by ${issuer.subject}`);
    if (Date.parse(one.validFrom) > now || Date.parse(one.validTo) < now)
      throw new Error('a certificate is not valid now');
  });
}

function read(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
