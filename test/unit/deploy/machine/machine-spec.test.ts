import { machineSpec, type MachineEnvironment } from '../../../../src/deploy/machine';
import { checkMachine } from '../../../../src/deploy/machine/check-machine';

const base = {
  zone: 'z1',
  size: 'm',
  image: 'debian-12',
  disk_gib: 100,
  network: 'net',
  outer_network: 'outer',
  region: 'r1',
  ssh: { keys: ['ssh-ed25519 AAAA ops'], from: ['203.0.113.0/24', '2001:db8::/32'] },
};
const machines = (['aws', 'hetzner', 'openstack'] as const).map((provider): MachineEnvironment => ({
  ...base,
  provider,
}));
const FRONT = { http: 80, https: 443 };
const NAMES = { hostname: 'harbor.corp.test', mirrors: ['hub.corp.test', 'quay.other.test'] };
const spec = (machine: MachineEnvironment) =>
  machineSpec({ machine, name: 'harbor', user: 'deploy', dataVolume: '/data', front: FRONT }, NAMES);

describe.each(machines)('a machine at $provider', (machine) => {
  const { resources, providers, address } = spec(machine);

  it('has a data disk that no plan destroys, apart from the machine', () => {
    const protectedOnes = resources
      .filter(({ preventDestroy }) => preventDestroy)
      .map(({ type, name }) => `${type}.${name}`);
    expect(protectedOnes).toEqual([expect.stringMatching(/volume.*\.data$/)]);
    expect(resources.find(({ name, preventDestroy }) => name === 'data' && !preventDestroy)!.type).toMatch(/attach/);
  });

  it('is not replaced when its user data or its image changes', () => {
    const server = resources.find(({ ignoreChanges }) => ignoreChanges)!;
    expect(server.ignoreChanges).toEqual(
      expect.arrayContaining(['user_data', expect.stringMatching(/^(ami|image|image_name)$/)]),
    );
    expect(JSON.stringify(server.properties['user_data'])).toContain('#cloud-config');
  });

  it('lets in ssh from the networks that are named, http and https from everybody, and nothing else', () => {
    const text = JSON.stringify(resources);
    expect(text).toContain('203.0.113.0/24');
    expect(text).toContain('2001:db8::/32');
    const ports = new Set(
      [...text.matchAll(/"(?:from_port|port|port_range_min)":"?(\d+)/g)].map(([, port]) => Number(port)),
    );
    ports.delete(0);
    expect([...ports].sort((a, b) => a - b)).toEqual([22, 80, 443]);
  });

  it('names its provider exactly, with no credential', () => {
    expect(providers).toHaveLength(1);
    expect(providers[0]!.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(providers[0]!.properties)).toEqual(['region']);
    expect(address.ref).toMatch(/^[a-z_0-9]+\.machine\.[a-z_0-9]+$/);
  });
});

it('has the role of an instance profile at AWS, if one is named', () => {
  const profileOf = (machine: MachineEnvironment) =>
    spec(machine).resources.find(({ type }) => type === 'aws_instance')!.properties['iam_instance_profile'];
  expect(profileOf(machines[0]!)).toBeUndefined();
  expect(profileOf({ ...machines[0]!, instance_profile: 'harbor' })).toBe('harbor');
});

describe('the DNS record', () => {
  it.each([
    ['route53', 'aws_route53_record', { zone_id: 'corp.test', name: 'harbor.corp.test', ttl: 300 }],
    ['hetzner', 'hcloud_zone_rrset', { zone: 'corp.test', name: 'harbor', ttl: 300 }],
    ['designate', 'openstack_dns_recordset_v2', { zone_id: 'corp.test', name: 'harbor.corp.test.', ttl: 300 }],
  ] as const)('is at %s for every provider', (provider, type, properties) => {
    for (const machine of machines) {
      const { resources, providers } = spec({ ...machine, dns: { provider, zone: 'corp.test' } });
      expect(resources.find((one) => one.type === type && one.name === 'harbor')).toMatchObject({ type, properties });
      expect(providers.length).toBeLessThanOrEqual(2);
    }
  });
});

describe('the DNS records of mirror domains', () => {
  const recordsOf = (dns: MachineEnvironment['dns']) =>
    spec({ ...machines[1]!, ...(dns && { dns }) })
      .resources.filter(({ type }) => /record|rrset/.test(type))
      .map(({ name, properties }) => `${name} ${properties['name'] as string}`);

  it('are created in addition to Harbor’s own, and omitted if declared so', () => {
    expect(recordsOf({ provider: 'route53', zone: 'Z1' })).toEqual([
      'harbor harbor.corp.test',
      'mirror-hub_corp_test hub.corp.test',
      'mirror-quay_other_test quay.other.test',
    ]);
    expect(recordsOf({ provider: 'route53', zone: 'Z1', mirrors: false })).toEqual(['harbor harbor.corp.test']);
    expect(recordsOf(undefined)).toEqual([]);
  });
});

it.each(machines)('opens the ports at $provider that the edge listens at', (machine) => {
  const front = { http: 8080, https: 9443 };
  const text = JSON.stringify(
    machineSpec({ machine, name: 'harbor', user: 'deploy', dataVolume: '/data', front }, NAMES).resources,
  );
  const ports = [...text.matchAll(/"(?:from_port|port|port_range_min)":"?(\d+)/g)].map(([, port]) => Number(port));
  expect([...new Set(ports)].filter((port) => port > 0).sort((a, b) => a - b)).toEqual([22, 8080, 9443]);
});

describe('checkMachine', () => {
  const rules = (machine: Partial<MachineEnvironment>) =>
    checkMachine({ ...machines[0]!, ...machine }, NAMES).map(({ rule, message }) => `${rule} ${message}`);

  it('finds what a provider needs, an open sshd, and a zone of another name', () => {
    expect(rules({})).toEqual([]);
    const { region: _region, network: _network, ...without } = machines[0]!;
    expect(checkMachine(without, NAMES).map(({ message }) => message)).toEqual([
      '"region" is missing: aws needs it',
      '"network" is missing: aws needs it',
    ]);
    expect(rules({ provider: 'hetzner' }).filter((text) => text.startsWith('useless-key'))).toEqual([
      'useless-key hetzner does not support "region"',
      'useless-key hetzner does not support "network"',
      'useless-key hetzner does not support "outer_network"',
    ]);
    expect(rules({ ssh: { keys: [], from: ['0.0.0.0/0'] } })).toEqual([
      expect.stringMatching(/^open-ssh sshd is reachable from everywhere/),
    ]);
    expect(rules({ dns: { provider: 'hetzner', zone: 'other.test' } })).toEqual([
      'other-zone harbor.corp.test is not in the zone other.test',
      'other-zone hub.corp.test is not in the zone other.test',
    ]);
    expect(rules({ dns: { provider: 'hetzner', zone: 'corp.test', mirrors: false } })).toEqual([]);
  });
});
