import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { EdgeEnvironment } from '../../../src/deploy/edge/edge-schema';
import { shieldContainer } from '../../../src/deploy/edge/shield-container';
import { hostNeeds, SHIELD_MIB, TRAEFIK_MIB } from '../../../src/deploy/host-needs';
import type { HarborEnvironment } from '../../../src/deploy/harbor/harbor-schema';
import { SERVICES } from '../../../src/deploy/service-ids';
import { harborServices } from '../../../src/deploy/harbor/services';

const ANSIBLE = join(__dirname, '../../../ansible');
const read = (path: string): unknown => parse(readFileSync(join(ANSIBLE, path), 'utf8'), { merge: true });
const roles = readdirSync(join(ANSIBLE, 'roles'));

interface Task {
  readonly name?: string;
  readonly notify?: string | readonly string[];
  readonly block?: readonly Task[];
}

/** Of all files in the folder, also those inside blocks. */
function tasksIn(folder: string): Task[] {
  if (!existsSync(join(ANSIBLE, folder))) return [];
  const inside = (task: Task): Task[] => [task, ...(task.block ?? []).flatMap(inside)];
  return readdirSync(join(ANSIBLE, folder)).flatMap((file) =>
    ((read(`${folder}/${file}`) as Task[] | null) ?? []).flatMap(inside),
  );
}

interface Option {
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
}

interface Specs {
  readonly argument_specs: Readonly<Record<string, { readonly options: Readonly<Record<string, Option>> }>>;
}

describe.each(roles)('role %s', (role) => {
  const options = Object.assign(
    {},
    ...Object.values((read(`roles/${role}/meta/argument_specs.yml`) as Specs).argument_specs).map(
      (spec) => spec.options,
    ),
  ) as Record<string, Option>;
  const defaults = read(`roles/${role}/defaults/main.yml`) as Record<string, unknown>;

  it('documents exactly its defaults', () => {
    const documented = Object.entries(options).filter(([, option]) => option.required !== true);
    expect(Object.fromEntries(documented.map(([name, option]) => [name, option.default]))).toEqual(defaults);
  });

  it('has a handler for every notification', () => {
    const handlers = tasksIn(`roles/${role}/handlers`).map(({ name }) => name);
    const notified = tasksIn(`roles/${role}/tasks`).flatMap(({ notify }) => notify ?? []);
    expect(notified.filter((name) => !handlers.includes(name))).toEqual([]);
  });

  it('documents every option', () => {
    expect(Object.keys(options).filter((name) => !options[name]?.description?.trim())).toEqual([]);
  });
});

describe('what harbor_host places', () => {
  const vars = read('roles/harbor_host/vars/main.yml') as {
    readonly harbor_host_services: Readonly<
      Record<string, { readonly uid: number; readonly files: readonly { readonly to: string }[] }>
    >;
  };
  const everything: HarborEnvironment = {
    version: 'v2.15.2',
    hostname: 'harbor.corp.example',
    trivy: true,
    metrics: true,
    log_container: true,
  };
  const digests = Object.fromEntries(SERVICES.map((id) => [id, 'digest']));
  const services = harborServices(everything, digests);

  it('is what every container mounts, and nothing else', () => {
    const mounted = services.flatMap(({ id, mounts }) => {
      const prefix = `/opt/harbor/prepared/${id}/digest/`;
      const paths = mounts
        .filter(({ source }) => source.startsWith(prefix))
        .map(({ source }) => source.slice(prefix.length));
      return paths.length === 0 ? [] : [[id, [...new Set(paths)].sort()]];
    });
    const placed = Object.entries(vars.harbor_host_services).map(([id, { files }]) => {
      const mountable = services.find((service) => service.id === id)!.mounts.map(({ source }) => source);
      const top = files.map(({ to }) =>
        mountable.some((source) => source.endsWith(`/digest/${to}`)) ? to : to.split('/')[0]!,
      );
      return [id, [...new Set(top)].sort()];
    });
    expect(Object.fromEntries(placed)).toEqual(Object.fromEntries(mounted));
  });

  it('belongs to the user that reads it', () => {
    const owners = Object.entries(vars.harbor_host_services).map(([id, { uid }]) => [id, `${uid}:${uid}`]);
    // The log container starts as root; the adapter and the exporter run as what their images say, which is 10000.
    const users = services
      .filter(({ id }) => id in vars.harbor_host_services)
      .map(({ id, user }) => [id, user ?? '10000:10000']);
    expect(Object.fromEntries(owners)).toEqual(Object.fromEntries(users));
  });
});

describe('what the host is compared with', () => {
  const vars = read('roles/harbor_host/vars/main.yml') as { readonly harbor_host_memory: Record<string, number> };
  const everything = { version: 'v2.15.2', hostname: 'h', trivy: true, metrics: true, log_container: true };

  it('has the memory of the containers that the stacks start', () => {
    const limits = harborServices(everything, {}).map(({ id, memoryMiB }) => [id, memoryMiB]);
    expect(vars.harbor_host_memory).toEqual(Object.fromEntries(limits));
  });

  it("has Traefik's and the shield's memory", () => {
    const mirror = { hostname: 'm.corp.example', project: 'p', shield: {} };
    const edge = { certificate: { self_signed: true }, mirrors: [mirror] } as unknown as EdgeEnvironment;
    const shield = shieldContainer(edge, '10.0.0.1');
    const harbor = { version: 'v2.15.2', hostname: 'h', limits: { core: { memory: 2048 } } };
    expect(shield!.memoryMiB).toBe(SHIELD_MIB);
    const bare = hostNeeds({ harbor }).memory_mib;
    expect(hostNeeds({ harbor, edge }).memory_mib).toBe(bare + TRAEFIK_MIB + SHIELD_MIB);
    expect(hostNeeds({ harbor: { version: 'v2.15.2', hostname: 'h' } }).memory_mib).toBe(bare - 1024);
  });
});

describe('playbooks', () => {
  const playbooks = readdirSync(join(ANSIBLE, 'playbooks')).filter((name) => name.endsWith('.yml'));
  const hasAnsible = (process.env['PATH'] ?? '')
    .split(':')
    .some((directory) => existsSync(join(directory, 'ansible-playbook')));

  it('are those that the commands name', () => {
    expect(playbooks).toEqual(
      expect.arrayContaining(['preflight.yml', 'host.yml', 'backup.yml', 'restore.yml', 'site.yml']),
    );
  });

  if (!hasAnsible && process.env['CI'] === undefined) {
    it.skip('are understood by ansible-playbook (it is not installed)', () => undefined);
    return;
  }

  it('are understood by ansible-playbook', () => {
    const args = ['--syntax-check', ...playbooks.map((name) => join(ANSIBLE, 'playbooks', name))];
    const env = { ...process.env, ANSIBLE_CONFIG: join(ANSIBLE, 'ansible.cfg'), LC_ALL: 'C.UTF-8' };
    const said = execFileSync('ansible-playbook', args, { env, encoding: 'utf8', stdio: 'pipe' });
    expect(said.match(/^playbook: /gm)).toHaveLength(playbooks.length);
  }, 120_000);
});
