import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { startScannerAdapter, type ScannerAdapter, type ScannerAdapterOptions } from '../../scanner-adapter';
import type { AppContext } from '../context';
import { readCa } from '../read-ca';
import { readFindings } from './scanner-findings';

/** In Harbor's words, as in the declaration of a scanner. */
export const SCANNER_AUTH_TYPES = ['Basic', 'Bearer', 'X-ScannerAdapter-API-Key'];

/** The credential is named by its variable, so that it is in no process list. */
export interface ScannerOptions {
  /** `host:port` */
  readonly listen: string;
  /** Findings by image; absent: two examples in every image. */
  readonly cves?: string;
  readonly auth?: string;
  readonly credentialEnv?: string;
  readonly registryCa?: string;
  readonly sbom: boolean;
  /** How long each scan takes. */
  readonly scanSeconds: number;
}

/** @throws UsageError if an option is not valid */
export async function serveScanner(
  context: Pick<AppContext, 'env'>,
  options: ScannerOptions,
  onScan: ((line: string) => void) | undefined,
): Promise<ScannerAdapter> {
  const { sbom, scanSeconds, registryCa } = options;
  return startScannerAdapter(
    compact({
      ...listenOn(options.listen),
      ...credentialFrom(options, context),
      findings: await readFindings(options.cves ?? true),
      sbom,
      scanMs: scanSeconds * 1000,
      registryCa: registryCa === undefined ? undefined : await readCa('--registry-ca', registryCa),
      onScan,
    }),
  );
}

/** `host:port`, with brackets around an IPv6 address. @throws UsageError */
function listenOn(text: string): Pick<ScannerAdapterOptions, 'host' | 'port'> {
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new UsageError(`--listen takes host:port, not ${text}`);
  return { host: host.replace(/^\[(.+)\]$/, '$1'), port: Number(port) };
}

/** @throws UsageError if only one of the two is given */
function credentialFrom(
  { auth, credentialEnv }: ScannerOptions,
  { env }: Pick<AppContext, 'env'>,
): Pick<ScannerAdapterOptions, 'authorization' | 'apiKey'> {
  if (auth === undefined && credentialEnv === undefined) return {};
  if (auth === undefined || credentialEnv === undefined)
    throw new UsageError(
      '--auth and --credential-env must be used together',
      'such as --auth Bearer --credential-env SCANNER_TOKEN',
    );
  const credential = env[credentialEnv];
  if (!credential) throw new UsageError(`the variable ${credentialEnv} is not set`);
  if (auth === 'Basic') return { authorization: `Basic ${Buffer.from(credential).toString('base64')}` };
  return auth === 'Bearer' ? { authorization: `Bearer ${credential}` } : { apiKey: credential };
}
