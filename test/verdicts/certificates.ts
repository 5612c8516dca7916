import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ServedCertificate {
  readonly cert: string;
  readonly key: string;
  /** What clients are told to trust. */
  readonly ca: string;
}

interface CertificateOptions {
  readonly names?: string;
  /** Common name of the server's certificate. */
  readonly subject?: string;
  /** Of the server's certificate, from now; 0 has expired by the time that it is served. */
  readonly days?: number;
  /** Clients trust the root, and are not sent the authority that signed. */
  readonly withoutIntermediate?: boolean;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const made = new Map<string, Promise<ServedCertificate>>();

/** Made once for all cases whose front door presents such a one. */
export function frontDoorCertificate(options: CertificateOptions = {}): Promise<ServedCertificate> {
  const name = JSON.stringify(options);
  const known = made.get(name) ?? makeCertificate(options);
  made.set(name, known);
  return known;
}

/** A root, an authority below it and a server's certificate, made by openssl beside everything else that runs. */
export async function makeCertificate({
  names = 'IP:127.0.0.1',
  days = 90,
  withoutIntermediate = false,
  subject = 'server',
}: CertificateOptions = {}): Promise<ServedCertificate> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-verdicts-'));
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args, { cwd: folder });
  const sign = async (name: string, by: string, extensions: string, forDays: number, cn = name): Promise<void> => {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    await openssl('req', ...EC, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${cn}`);
    const authority = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', `${name}.ext`];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-out', `${name}.pem`, '-days', String(forDays));
  };
  try {
    await openssl('req', '-x509', ...EC, '-keyout', 'root.key', '-out', 'root.pem', '-days', '90', '-subj', '/CN=Root');
    await sign('issuing', 'root', 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n', 90);
    await sign('server', 'issuing', `subjectAltName=${names}\n`, days, subject);
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const chain = withoutIntermediate ? read('server.pem') : read('server.pem') + read('issuing.pem');
    return { cert: chain, key: read('server.key'), ca: read('root.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
