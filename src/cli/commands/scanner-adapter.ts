import { Option } from 'commander';
import { scannerNote } from '../../app/render/serving';
import { SCANNER_AUTH_TYPES, serveScanner, type ScannerOptions } from '../../app/serve/scanner-adapter';
import type { Command, CommonOptions } from '../command';
import { addFormatOption, wholeNumber } from '../options';
import { serveUntilStopped } from '../support/serve';

/** For tests of prevent_vul: it reports declared CVEs, so that it is known which image must be refused. */
export const command: Command<CommonOptions & ScannerOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .option('--listen <host:port>', 'address to listen on; port 0 picks a free one', '127.0.0.1:0')
      .option('--cves <file>', 'CVEs to report, by image, as YAML or JSON (default: two examples in every image)')
      .addOption(new Option('--auth <type>', 'how Harbor logs in, as declared').choices(SCANNER_AUTH_TYPES))
      .option('--credential-env <name>', 'variable that holds user:password, the token or the key')
      .option('--registry-ca <file>', "PEM of the CA of Harbor's certificate")
      .option('--sbom', 'also create SBOMs with the packages that the CVEs name', false)
      .option('--scan-seconds <number>', 'how long a scan takes', wholeNumber, 0)
      .addHelpText('after', '\nPrints its URL on stdout when it is ready, and runs until SIGINT or SIGTERM.');
  },

  async run(context, options) {
    const { terminal } = context;
    const tell = options.quiet ? undefined : (line: string): void => terminal.err(`${line}\n`);
    const { url, close } = await serveScanner(terminal, options, tell);
    return serveUntilStopped(context, options, { urls: { url }, note: scannerNote(options.auth), close });
  },
};
