import { chownSync, cpSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { DeployInputs, Prepared } from '../../../src';
import { harborServices, SERVICES } from '../../../src/deploy/harbor';
import { MIRROR } from './terraform';

const ROOT = resolve(__dirname, '../../..');

export const CANARY = 'canary-$x `id` "q" ${y} %{z}';

/** An environment of everything that can run, on the Docker of this machine. */
export function inputsFor(folder: string, pins: DeployInputs['pins'], traefik: DeployInputs['traefik']) {
  const harbor = {
    version: 'v2.15.2',
    hostname: 'harbor.lab.test',
    data_volume: join(folder, 'data'),
    prepared_directory: join(folder, 'prepared'),
    trivy: true,
    metrics: true,
    log_container: true,
    log_location: join(folder, 'log'),
  };
  const ids = SERVICES.filter((id) => id !== 'redis');
  const prepared: Prepared = {
    schemaVersion: 1,
    harborVersion: harbor.version,
    hostname: harbor.hostname,
    dataVolume: harbor.data_volume,
    preparedDirectory: harbor.prepared_directory,
    services: Object.fromEntries(ids.map((id) => [id, 'c'.repeat(64)])),
  };
  const environment = {
    name: 'local',
    harbor,
    host: { local: true as const },
    // Two addresses: Docker lists the bindings of one port in an order of its own.
    edge: {
      certificate: { self_signed: true as const },
      listen: { addresses: ['127.0.0.1', '127.0.0.2'], http_port: 18_080, https_port: 18_443 },
    },
  };
  return { environment, pins, traefik, prepared };
}

/** What Ansible places: files where a name has an extension or is one of these, directories elsewhere. */
export function writeHostFiles({ environment, prepared }: DeployInputs & { prepared: Prepared }): void {
  for (const { mounts, user = '0:0' } of harborServices(environment.harbor, prepared.services)) {
    const [uid = 0, gid = 0] = user.split(':').map(Number);
    for (const { source } of mounts) {
      const isFile = /\/(env|key|password|[^/]+\.(yml|conf|pem))$/.test(source);
      mkdirSync(isFile ? dirname(source) : source, { recursive: true });
      if (isFile) writeFileSync(source, source.endsWith('/env') ? `SECRET=${CANARY}` : 'content\n', { mode: 0o400 });
      chownSync(source, uid, gid);
      expect(statSync(source).uid).toBe(uid);
    }
  }
}

/** A repository with these inputs as its files, with this program and its packages, and with the mirror of providers. */
export function writeRepository(
  folder: string,
  { environment, prepared, pins, traefik }: ReturnType<typeof inputsFor>,
): void {
  for (const name of ['cdktf.json', 'package.json']) cpSync(join(ROOT, name), join(folder, name));
  for (const name of ['dist', 'node_modules']) symlinkSync(join(ROOT, name), join(folder, name));
  for (const name of ['environments', 'prepared']) mkdirSync(join(folder, 'stacks', name), { recursive: true });
  const { name, ...declared } = environment;
  const write = (path: string, value: unknown): void =>
    writeFileSync(join(folder, 'stacks', path), stringify(value, { aliasDuplicateObjects: false }));
  write(`environments/${name}.yaml`, { ...declared, sample: true });
  write('images.yaml', { harbor: { [environment.harbor.version]: pins }, traefik });
  writeFileSync(join(folder, 'stacks', 'prepared', `${name}.json`), JSON.stringify(prepared));
  const mirror = `provider_installation {\n  filesystem_mirror { path = "${MIRROR ?? ''}" }\n}\n`;
  writeFileSync(join(folder, 'terraformrc'), mirror);
}
