import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServedCertificate {
  readonly cert: string;
  readonly key: string;
  /** What clients are told to trust. */
  readonly ca: string;
}

interface CertificateOptions {
  readonly names?: string;
  /** Of the server's certificate, from now; 0 has expired by the time that it is served. */
  readonly days?: number;
  /** Clients trust the root, and are not sent the authority that signed. */
  readonly withoutIntermediate?: boolean;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A root, an authority below it and a server's certificate, made by openssl. */
export function makeCertificate({
  names = 'IP:127.0.0.1',
  days = 90,
  withoutIntermediate = false,
}: CertificateOptions = {}): ServedCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-verdicts-'));
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const sign = (name: string, by: string, extensions: string, forDays: number): void => {
    writeFileSync(join(folder, `${name}.ext`), extensions);
    openssl('req', ...EC, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const authority = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-CAcreateserial', '-extfile', `${name}.ext`];
    openssl('x509', '-req', '-in', `${name}.csr`, ...authority, '-out', `${name}.pem`, '-days', String(forDays));
  };
  try {
    openssl('req', '-x509', ...EC, '-keyout', 'root.key', '-out', 'root.pem', '-days', '90', '-subj', '/CN=Root');
    sign('issuing', 'root', 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n', 90);
    sign('server', 'issuing', `subjectAltName=${names}\n`, days);
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    const chain = withoutIntermediate ? read('server.pem') : read('server.pem') + read('issuing.pem');
    return { cert: chain, key: read('server.key'), ca: read('root.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
