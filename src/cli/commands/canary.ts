import { compact } from '../../compact';
import { UsageError } from '../../errors';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseAddress, parseCanaryConfig, startCanary, type CanaryConfig, type CanaryOptions } from '../../canary';
import { createSecretResolver } from '../../declaration/secrets';
import { readBoundedYaml } from '../input/bounded-yaml';
import type { Command, CommonOptions } from '../command';
import { ExitCode } from '../exit-code';
import { addFormatOption } from '../options';
import type { Terminal } from '../terminal';
import { untilAborted } from '../until-aborted';

interface CanaryCommandOptions extends CommonOptions {
  readonly config: string;
}

export const command: Command<CanaryCommandOptions> = {
  configure(command) {
    addFormatOption(command, 'text', 'json')
      .requiredOption('--config <file>', 'address to listen on and who may send commands; see docs/guides/canary.md')
      .addHelpText('after', '\nPrints its URLs on stdout when it is ready, and runs until SIGINT or SIGTERM.');
  },

  async run({ terminal, signal }, { config: file, format, quiet }) {
    const config = parseCanaryConfig(await readBoundedYaml(file));
    const canary = await startCanary(await toOptions(config, dirname(resolve(file)), terminal));
    const { url, controlUrl } = canary;
    terminal.out(
      format === 'json'
        ? `${JSON.stringify(compact({ schemaVersion: 1, url, controlUrl }))}\n`
        : [url, controlUrl, ''].filter((line) => line !== undefined).join('\n'),
    );
    if (!quiet)
      terminal.err(
        controlUrl === undefined
          ? 'always behaves: the configuration has no control; stop it with Ctrl-C\n'
          : `commands on ${controlUrl} need the bearer token; stop it with Ctrl-C\n`,
      );
    await untilAborted(signal);
    await canary.close();
    return ExitCode.ok;
  },
};

async function toOptions(
  { listen, tls, control }: CanaryConfig,
  baseDirectory: string,
  { env }: Terminal,
): Promise<CanaryOptions> {
  const secret = createSecretResolver({ env, baseDirectory });
  return compact({
    ...parseAddress(listen),
    tls: tls && {
      cert: await read(resolve(baseDirectory, tls.cert_file)),
      key: await read(resolve(baseDirectory, tls.key_file)),
    },
    control: control && { ...parseAddress(control.listen), token: await secret(control.token) },
  });
}

/** @throws UsageError */
async function read(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}`);
  });
}
