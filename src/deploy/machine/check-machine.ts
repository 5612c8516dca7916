import type { TreeFinding } from '../read-tree';
import type { ServedNames } from './dns';
import { EVERYBODY, type MachineEnvironment, type MachineProvider } from './machine-schema';

/** Keys that only some providers support. */
const OPTIONS = ['region', 'network', 'outer_network', 'instance_profile'] as const;
type Option = (typeof OPTIONS)[number];

const NEEDED: Readonly<Record<MachineProvider, readonly Option[]>> = {
  aws: ['region', 'network', 'outer_network'],
  hetzner: [],
  openstack: ['region', 'network'],
};

const POSSIBLE: Readonly<Record<MachineProvider, readonly Option[]>> = {
  aws: ['instance_profile'],
  hetzner: [],
  openstack: ['outer_network'],
};

/**
 * Checks of `machine:` that a schema cannot express. Pure.
 * @param names for the records
 */
export function checkMachine(machine: MachineEnvironment, names: ServedNames): TreeFinding[] {
  return [...checkNeeded(machine), ...checkUseless(machine), ...checkSsh(machine), ...checkRecords(machine, names)];
}

function checkNeeded(machine: MachineEnvironment): TreeFinding[] {
  return NEEDED[machine.provider].flatMap((key) => {
    if (machine[key] !== undefined) return [];
    const message = `"${key}" is missing: ${machine.provider} needs it`;
    return [{ rule: 'missing-key', path: ['machine'], message, hint: `breakwater schema --environment describes it` }];
  });
}

function checkUseless(machine: MachineEnvironment): TreeFinding[] {
  const { provider } = machine;
  const taken = [...NEEDED[provider], ...POSSIBLE[provider]];
  return OPTIONS.filter((key) => machine[key] !== undefined && !taken.includes(key)).map((key) => {
    const message = `${provider} does not support "${key}"`;
    return { rule: 'useless-key', path: ['machine', key], message, hint: 'leave it out' };
  });
}

function checkSsh({ ssh }: MachineEnvironment): TreeFinding[] {
  return ssh.from.flatMap((network, index) => {
    if (!(EVERYBODY as readonly string[]).includes(network)) return [];
    const path = ['machine', 'ssh', 'from', index];
    const message = 'sshd is reachable from everywhere, and its deploy user has root access through Docker';
    return [{ rule: 'open-ssh', severity: 'warning' as const, path, message, hint: 'use your own networks' }];
  });
}

function checkRecords({ dns }: MachineEnvironment, { hostname, mirrors }: ServedNames): TreeFinding[] {
  // Other providers identify zones by an id, which does not contain the domain.
  if (dns?.provider !== 'hetzner') return [];
  const isOutside = (name: string): boolean => name !== dns.zone && !name.endsWith(`.${dns.zone}`);
  const own: TreeFinding = {
    rule: 'other-zone',
    path: ['machine', 'dns', 'zone'],
    message: `${hostname} is not in the zone ${dns.zone}`,
    hint: 'use its zone',
  };
  const others = (dns.mirrors === false ? [] : mirrors).filter(isOutside).map((name): TreeFinding => {
    const message = `${name} is not in the zone ${dns.zone}`;
    const hint = 'make its record yourself, and say machine.dns.mirrors: false';
    return { rule: 'other-zone', path: ['machine', 'dns', 'mirrors'], message, hint };
  });
  return [...(isOutside(hostname) ? [own] : []), ...others];
}
