import { cloudInit } from './cloud-init';
import { firewallRules } from './firewall';
import type { MachineInputs } from './machine-inputs';
import { reference, type ResourceSpec } from './resource';

/**
 * Resources of hetznercloud/hcloud.
 *
 *      hcloud_ssh_key.operator-N ──► hcloud_server.machine ◄── hcloud_firewall.machine
 *                                         ▲
 *      hcloud_volume.data ── hcloud_volume_attachment.data
 */
export function hetznerResources(inputs: MachineInputs): ResourceSpec[] {
  const { machine, name, front } = inputs;
  const keys = machine.ssh.keys.map((key, index): ResourceSpec => ({
    type: 'hcloud_ssh_key',
    name: `operator-${index}`,
    properties: { name: `${name}-${index}`, public_key: key },
  }));
  return [
    // Without a key, Hetzner sets a root password and sends it by email.
    ...keys,
    {
      type: 'hcloud_firewall',
      name: 'machine',
      properties: {
        name,
        rule: firewallRules(machine, front).map(({ port, from, about }) => ({
          direction: 'in',
          protocol: 'tcp',
          port: String(port),
          source_ips: [...from],
          description: about,
        })),
      },
    },
    server(inputs, keys),
    ...dataDisk(inputs),
  ];
}

/**
 * A change of image or keys would replace the server, and with it Harbor: these are ignored after the creation, and so
 * is `user_data`, which cloud-init runs only once.
 */
function server({ machine, name, user, dataVolume }: MachineInputs, keys: readonly ResourceSpec[]): ResourceSpec {
  return {
    type: 'hcloud_server',
    name: 'machine',
    properties: {
      name,
      image: machine.image,
      server_type: machine.size,
      location: machine.zone,
      ssh_keys: keys.map((key) => reference(key.type, key.name, 'id')),
      firewall_ids: [reference('hcloud_firewall', 'machine', 'id')],
      user_data: cloudInit({ user, sshKeys: machine.ssh.keys, dataVolume }),
    },
    ignoreChanges: ['user_data', 'image', 'ssh_keys'],
  };
}

/**
 * Separate from the server, so that the data outlives it. Hetzner's own protection and Terraform's both have to be
 * removed before the disk can be deleted. Not mounted by Hetzner: cloud-init mounts it by label.
 */
function dataDisk({ machine, name }: MachineInputs): ResourceSpec[] {
  return [
    {
      type: 'hcloud_volume',
      name: 'data',
      properties: { name: `${name}-data`, location: machine.zone, size: machine.disk_gib, delete_protection: true },
      preventDestroy: true,
    },
    {
      type: 'hcloud_volume_attachment',
      name: 'data',
      properties: {
        volume_id: reference('hcloud_volume', 'data', 'id'),
        server_id: reference('hcloud_server', 'machine', 'id'),
        automount: false,
      },
    },
  ];
}
