import type { MachineEnvironment } from './machine-schema';
import type { Reference, ResourceSpec } from './resource';

const DEFAULT_TTL_SECONDS = 300;

/** The names that clients use. */
export interface ServedNames {
  readonly hostname: string;
  readonly mirrors: readonly string[];
}

/** An A record for Harbor's name and each mirror domain, at the provider of their zone. */
export function dnsRecords({ dns }: MachineEnvironment, names: ServedNames, address: Reference): ResourceSpec[] {
  if (!dns) return [];
  const mirrors = dns.mirrors === false ? [] : names.mirrors;
  return [
    recordOf(dns, 'harbor', names.hostname, address),
    // Names of resources contain no dots.
    ...mirrors.map((name) => recordOf(dns, `mirror-${name.replaceAll('.', '_')}`, name, address)),
  ];
}

type Dns = NonNullable<MachineEnvironment['dns']>;

function recordOf(dns: Dns, name: string, hostname: string, address: Reference): ResourceSpec {
  const ttl = dns.ttl_seconds ?? DEFAULT_TTL_SECONDS;
  switch (dns.provider) {
    case 'route53': {
      const properties = { zone_id: dns.zone, name: hostname, type: 'A', ttl, records: [address] };
      return { type: 'aws_route53_record', name, properties };
    }
    case 'hetzner': {
      const inZone = hostname === dns.zone ? '@' : hostname.slice(0, -(dns.zone.length + 1));
      const properties = { zone: dns.zone, name: inZone, type: 'A', ttl, records: [{ value: address }] };
      return { type: 'hcloud_zone_rrset', name, properties };
    }
    case 'designate': {
      const properties = { zone_id: dns.zone, name: `${hostname}.`, type: 'A', ttl, records: [address] };
      return { type: 'openstack_dns_recordset_v2', name, properties };
    }
  }
}
