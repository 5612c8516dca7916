import type { MachineEnvironment } from './machine-schema';
import type { Reference, ResourceSpec } from './resource';

const DEFAULT_TTL_SECONDS = 300;

/** An A record of Harbor's name, at the provider of its zone. */
export function dnsRecord({ dns }: MachineEnvironment, hostname: string, address: Reference): ResourceSpec[] {
  if (!dns) return [];
  const ttl = dns.ttl_seconds ?? DEFAULT_TTL_SECONDS;
  switch (dns.provider) {
    case 'route53':
      return [
        {
          type: 'aws_route53_record',
          name: 'harbor',
          properties: { zone_id: dns.zone, name: hostname, type: 'A', ttl, records: [address] },
        },
      ];
    case 'hetzner': {
      const name = hostname.slice(0, -(dns.zone.length + 1));
      const properties = { zone: dns.zone, name, type: 'A', ttl, records: [{ value: address }] };
      return [{ type: 'hcloud_zone_rrset', name: 'harbor', properties }];
    }
    case 'designate': {
      const properties = { zone_id: dns.zone, name: `${hostname}.`, type: 'A', ttl, records: [address] };
      return [{ type: 'openstack_dns_recordset_v2', name: 'harbor', properties }];
    }
  }
}
