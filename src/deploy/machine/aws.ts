import { compact } from '../../compact';
import { cloudInit } from './cloud-init';
import { firewallRules } from './firewall';
import type { MachineInputs } from './machine-inputs';
import { reference, type PropertyValue, type ResourceSpec } from './resource';

const instanceId = reference('aws_instance', 'machine', 'id');

/**
 * Resources of hashicorp/aws:
 *
 *       security group (in `outer_network`, the VPC)
 *             │
 *       instance (in `network`, the subnet) ── attachment ── data volume (never destroyed)
 *             │
 *       elastic address
 *
 * The instance ignores changes of image and cloud-init, because each would replace the machine.
 */
export function awsResources(inputs: MachineInputs): ResourceSpec[] {
  return [securityGroup(inputs), instance(inputs), ...dataDisk(inputs), elasticAddress(inputs)];
}

function securityGroup({ machine, name, front }: MachineInputs): ResourceSpec {
  const ingress = firewallRules(machine, front).map(({ port, from, about }) => rule('tcp', port, about, from));
  return {
    type: 'aws_security_group',
    name: 'machine',
    properties: {
      name,
      description: 'Harbor: ssh for operators, http and https for clients',
      vpc_id: machine.outer_network ?? '',
      ingress,
      egress: [rule('-1', 0, 'everything', ['0.0.0.0/0', '::/0'])],
      tags: { Name: name },
    },
  };
}

/** In JSON these blocks are attributes: every key must be present. */
function rule(protocol: string, port: number, about: string, from: readonly string[]): Record<string, PropertyValue> {
  return {
    description: about,
    protocol,
    from_port: port,
    to_port: port,
    cidr_blocks: from.filter((network) => !network.includes(':')),
    ipv6_cidr_blocks: from.filter((network) => network.includes(':')),
    prefix_list_ids: [],
    security_groups: [],
    self: false,
  };
}

function instance({ machine, name, user, dataVolume }: MachineInputs): ResourceSpec {
  return {
    type: 'aws_instance',
    name: 'machine',
    properties: compact({
      ami: machine.image,
      instance_type: machine.size,
      availability_zone: machine.zone,
      subnet_id: machine.network ?? '',
      vpc_security_group_ids: [reference('aws_security_group', 'machine', 'id')],
      user_data: cloudInit({ user, sshKeys: machine.ssh.keys, dataVolume }),
      iam_instance_profile: machine.instance_profile,
      // Without a session token, a process that can be made to fetch a URL could read the role's credentials.
      metadata_options: { http_endpoint: 'enabled', http_tokens: 'required', http_put_response_hop_limit: 2 },
      root_block_device: { encrypted: true, volume_type: 'gp3', volume_size: 30 },
      tags: { Name: name },
    }),
    ignoreChanges: ['user_data', 'ami'],
  };
}

function dataDisk({ machine, name }: MachineInputs): ResourceSpec[] {
  const { zone, disk_gib: size } = machine;
  return [
    {
      type: 'aws_ebs_volume',
      name: 'data',
      properties: { availability_zone: zone, size, type: 'gp3', encrypted: true, tags: { Name: `${name}-data` } },
      preventDestroy: true,
    },
    {
      type: 'aws_volume_attachment',
      name: 'data',
      properties: {
        device_name: '/dev/sdf',
        volume_id: reference('aws_ebs_volume', 'data', 'id'),
        instance_id: instanceId,
        stop_instance_before_detaching: true,
      },
    },
  ];
}

function elasticAddress({ name }: MachineInputs): ResourceSpec {
  const properties = { domain: 'vpc', instance: instanceId, tags: { Name: name } };
  return { type: 'aws_eip', name: 'machine', properties };
}
