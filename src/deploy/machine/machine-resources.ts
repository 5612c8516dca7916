import { awsResources } from './aws';
import { dnsRecords, type ServedNames } from './dns';
import { hetznerResources } from './hetzner';
import {
  DEFAULT_MACHINE_NAME,
  type DnsProvider,
  type MachineEnvironment,
  type MachineProvider,
} from './machine-schema';
import type { MachineInputs } from './machine-inputs';
import { openstackResources } from './openstack';
import { reference, type ProviderSpec, type Reference, type ResourceSpec } from './resource';

/** A machine as data. */
export interface MachineSpec {
  readonly providers: readonly ProviderSpec[];
  readonly resources: readonly ResourceSpec[];
  /** Address for ssh and clients. */
  readonly address: Reference;
}

const RESOURCES: Readonly<Record<MachineProvider, (inputs: MachineInputs) => ResourceSpec[]>> = {
  aws: awsResources,
  hetzner: hetznerResources,
  openstack: openstackResources,
};

/** @param names for the records */
export function machineSpec(inputs: MachineInputs, names: ServedNames): MachineSpec {
  const { machine } = inputs;
  const address = addressOf(machine);
  return {
    providers: providersOf(machine),
    resources: [...RESOURCES[machine.provider](inputs), ...dnsRecords(machine, names, address)],
    address,
  };
}

/** The beginning of the names of all objects in the cloud: two machines in one account need different ones. */
export function machineName({ name }: MachineEnvironment): string {
  return name ?? DEFAULT_MACHINE_NAME;
}

/** An address that stays when the machine is replaced, where the cloud has one; DNS records refer to it. */
function addressOf({ provider, outer_network: outer }: MachineEnvironment): Reference {
  switch (provider) {
    case 'aws':
      return reference('aws_eip', 'machine', 'public_ip');
    case 'hetzner':
      return reference('hcloud_server', 'machine', 'ipv4_address');
    case 'openstack':
      return outer === undefined
        ? reference('openstack_compute_instance_v2', 'machine', 'access_ip_v4')
        : reference('openstack_networking_floatingip_v2', 'machine', 'address');
  }
}

const OF_DNS: Readonly<Record<DnsProvider, MachineProvider>> = {
  route53: 'aws',
  hetzner: 'hetzner',
  designate: 'openstack',
};

/**
 * Credentials come from each provider's own environment variables, or from a role, never from a file in the repository.
 */
function providersOf({ provider, region, dns }: MachineEnvironment): ProviderSpec[] {
  const needed = new Set<MachineProvider>([provider, ...(dns ? [OF_DNS[dns.provider]] : [])]);
  const inRegion = (of: MachineProvider) => (of === provider && region !== undefined ? { region } : {});
  return [...needed].map((of) => ({ ...PROVIDERS[of], properties: inRegion(of) }));
}

const PROVIDERS: Readonly<Record<MachineProvider, Omit<ProviderSpec, 'properties'>>> = {
  aws: { name: 'aws', source: 'hashicorp/aws', version: '6.25.0' },
  hetzner: { name: 'hcloud', source: 'hetznercloud/hcloud', version: '1.68.0' },
  openstack: { name: 'openstack', source: 'terraform-provider-openstack/openstack', version: '3.4.0' },
};
