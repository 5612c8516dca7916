import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { parseAddress, parseCanaryConfig } from '../src/canary';
import { commands } from '../src/cli/commands';
import { cli } from './support/cli';

const FOLDER = resolve(__dirname, '..', 'examples', 'canary');

interface Compose {
  readonly services: {
    readonly canary: {
      readonly command: readonly string[];
      readonly ports: readonly string[];
      readonly volumes: readonly string[];
      readonly secrets: readonly string[];
    };
  };
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const { services, secrets } = parse(read('compose.yaml')) as Compose;
const { canary } = services;
const config = parseCanaryConfig(read('canary.yaml'));

/** Where each of the container's files comes from, by where it is. */
const mounted = new Map([
  ...canary.volumes.map((volume): [string, string] => [volume.split(':')[1]!, volume.split(':')[0]!]),
  ...canary.secrets.map((name): [string, string] => [`/run/secrets/${name}`, secrets[name]!.file]),
]);

describe('examples/canary', () => {
  it('calls an existing command, with existing flags', async () => {
    const [program, word, ...rest] = canary.command;
    const described = new Command();
    (await commands.find((one) => one.name === word)!.load()).configure(described);
    const known = described.options.map(({ long }) => long);
    expect(program).toBe('breakwater');
    expect(rest.filter((argument) => argument.startsWith('--') && !known.includes(argument))).toEqual([]);
  });

  it('brings every file that the configuration names into the container', () => {
    const at = canary.command.at(-1)!;
    const { token } = config.control!;
    const named = [config.tls!.cert_file, config.tls!.key_file, 'file' in token ? token.file : ''];
    const paths = [at, ...named.map((file) => resolve('/etc/breakwater', file))];
    expect(paths.map((path) => [path, mounted.get(path)])).toEqual([
      ['/etc/breakwater/canary.yaml', './canary.yaml'],
      ['/etc/breakwater/canary.crt', './canary.crt'],
      ['/run/secrets/canary_key', './canary.key'],
      ['/run/secrets/canary_token', './canary.token'],
    ]);
  });

  it('publishes the ports that it listens on, and the policies ask there', async () => {
    const listens = [config.listen, config.control!.listen].map((address) => parseAddress(address).port);
    expect(canary.ports).toEqual(listens.map((port) => `${port}:${port}`));
    const [url, control] = listens.map((port) => `https://canary.example.com:${port}`);
    const policies = read('policies/canary.yaml');
    const asked = policies.match(/https:\/\/[^']+/g);
    expect(new Set(asked)).toEqual(new Set([url, control]));
  });

  it('has a valid declaration', async () => {
    const { code, err } = await cli(['validate', '--policies', join(FOLDER, 'policies')]);
    expect([code, err]).toEqual([0, '']);
  });
});
