import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { startScannerAdapter, type ScannerAdapterOptions } from '../../scanner-adapter';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption, wholeNumber } from '../options';
import { readFindings } from '../input/scanner-findings';
import type { Terminal } from '../terminal';
import { untilAborted } from '../until-aborted';

/** In Harbor's words, as a scanner is declared. */
const AUTH_TYPES = ['Basic', 'Bearer', 'X-ScannerAdapter-API-Key'];

interface ScannerAdapterCommandOptions extends CommonOptions {
  readonly listen: string;
  readonly cves?: string;
  readonly auth?: string;
  readonly credentialEnv?: string;
  readonly registryCa?: string;
  readonly sbom: boolean;
  readonly scanSeconds: number;
}

export const command: Command<ScannerAdapterCommandOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .option('--listen <host:port>', 'address to listen on; port 0 takes a free one', '127.0.0.1:0')
      .option(
        '--cves <file>',
        'which CVEs to report in which image, as YAML or JSON (default: two examples in every image)',
      )
      .addOption(new Option('--auth <type>', 'how Harbor logs in, as declared for the scanner').choices(AUTH_TYPES))
      .option('--credential-env <name>', 'variable that holds user:password, the token or the key')
      .option('--registry-ca <file>', "PEM of the authority behind Harbor's certificate")
      .option('--sbom', 'also create SBOMs with the packages that the CVEs name', false)
      .option('--scan-seconds <number>', 'how long a scan takes', wholeNumber, 0)
      .addHelpText('after', '\nPrints its URL on stdout when it is ready, and runs until SIGINT or SIGTERM.');
  },

  async run({ terminal, signal }, options) {
    const { sbom, scanSeconds, registryCa } = options;
    const adapter = await startScannerAdapter(
      compact({
        ...listenOn(options.listen),
        ...credentialFrom(options, terminal),
        findings: await readFindings(options.cves ?? true),
        sbom,
        scanMs: scanSeconds * 1000,
        registryCa: registryCa === undefined ? undefined : await readCa(registryCa),
        onScan: options.quiet ? undefined : (line: string) => terminal.err(`${line}\n`),
      }),
    );
    const { url } = adapter;
    terminal.out(options.format === 'json' ? `${JSON.stringify({ schemaVersion: 1, url })}\n` : `${url}\n`);
    if (!options.quiet)
      terminal.err(
        `reports what was declared, scans no image; ${options.auth === undefined ? 'needs no credential' : `needs ${options.auth} credentials`}; stop it with Ctrl-C\n`,
      );
    await untilAborted(signal);
    await adapter.close();
    return ExitCode.ok;
  },
};

/** `host:port`, with brackets around an IPv6 address. @throws UsageError */
function listenOn(text: string): Pick<ScannerAdapterOptions, 'host' | 'port'> {
  const [, host = '', port = ''] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === '' || Number(port) > 65_535) throw new UsageError(`--listen takes host:port, not ${text}`);
  return { host: host.replace(/^\[(.+)\]$/, '$1'), port: Number(port) };
}

/** @throws UsageError where the half of it is missing */
function credentialFrom(
  { auth, credentialEnv }: ScannerAdapterCommandOptions,
  { env }: Terminal,
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

async function readCa(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`--registry-ca: ${file} cannot be read: ${String(cause)}`);
  });
}
