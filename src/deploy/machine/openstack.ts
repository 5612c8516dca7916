import { cloudInit } from './cloud-init';
import { firewallRules } from './firewall';
import type { MachineInputs } from './machine-inputs';
import { reference, type ResourceSpec } from './resource';

/**
 * Resources of terraform-provider-openstack/openstack:
 *
 *       security group ── a rule for each port and network
 *             │
 *           port ────── instance ────── attachment ────── data volume (never destroyed)
 *             │
 *       floating address, only with `outer_network`
 *
 * The instance ignores changes of image and cloud-init, because each would replace the machine.
 */
export function openstackResources({ machine, name, user, dataVolume, front }: MachineInputs): ResourceSpec[] {
  const group = reference('openstack_networking_secgroup_v2', 'machine', 'id');
  const rules = firewallRules(machine, front).flatMap(({ port, from, about }) =>
    from.map((network, index): ResourceSpec => ({
      type: 'openstack_networking_secgroup_rule_v2',
      name: `port-${port}-${index}`,
      properties: {
        direction: 'ingress',
        ethertype: network.includes(':') ? 'IPv6' : 'IPv4',
        protocol: 'tcp',
        port_range_min: port,
        port_range_max: port,
        remote_ip_prefix: network,
        description: about,
        security_group_id: group,
      },
    })),
  );
  return [
    { type: 'openstack_networking_secgroup_v2', name: 'machine', properties: { name, description: 'Harbor' } },
    ...rules,
    {
      type: 'openstack_networking_port_v2',
      name: 'machine',
      properties: { name, network_id: machine.network ?? '', admin_state_up: true, security_group_ids: [group] },
    },
    {
      type: 'openstack_compute_instance_v2',
      name: 'machine',
      properties: {
        name,
        image_name: machine.image,
        flavor_name: machine.size,
        availability_zone: machine.zone,
        network: [{ port: reference('openstack_networking_port_v2', 'machine', 'id') }],
        user_data: cloudInit({ user, sshKeys: machine.ssh.keys, dataVolume }),
      },
      ignoreChanges: ['user_data', 'image_name'],
    },
    ...dataDisk(machine, name),
    ...floatingAddress(machine.outer_network),
  ];
}

function dataDisk(machine: MachineInputs['machine'], name: string): ResourceSpec[] {
  return [
    {
      type: 'openstack_blockstorage_volume_v3',
      name: 'data',
      properties: { name: `${name}-data`, size: machine.disk_gib, availability_zone: machine.zone },
      preventDestroy: true,
    },
    {
      type: 'openstack_compute_volume_attach_v2',
      name: 'data',
      properties: {
        instance_id: reference('openstack_compute_instance_v2', 'machine', 'id'),
        volume_id: reference('openstack_blockstorage_volume_v3', 'data', 'id'),
      },
    },
  ];
}

function floatingAddress(pool: string | undefined): ResourceSpec[] {
  if (pool === undefined) return [];
  return [
    {
      type: 'openstack_networking_floatingip_v2',
      name: 'machine',
      properties: { pool, port_id: reference('openstack_networking_port_v2', 'machine', 'id') },
    },
  ];
}
