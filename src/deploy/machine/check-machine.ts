import type { Finding } from '../read-tree';
import { EVERYBODY, type MachineEnvironment, type MachineProvider } from './machine-schema';

const NEEDED: Readonly<Record<MachineProvider, readonly ('region' | 'network' | 'outer_network')[]>> = {
  aws: ['region', 'network', 'outer_network'],
  hetzner: [],
  openstack: ['region', 'network'],
};

/** What no schema can say of `machine:`. Pure. @param hostname Harbor's, for the record */
export function checkMachine(machine: MachineEnvironment, hostname: string): Finding[] {
  return [...checkNeeded(machine), ...checkSsh(machine), ...checkRecord(machine, hostname)];
}

function checkNeeded(machine: MachineEnvironment): Finding[] {
  return NEEDED[machine.provider].flatMap((key) => {
    if (machine[key] !== undefined) return [];
    const message = `"${key}" is missing: ${machine.provider} needs it`;
    return [
      { rule: 'missing-key', path: ['machine'], message, hint: `breakwater schema --environment says what it is` },
    ];
  });
}

function checkSsh({ ssh }: MachineEnvironment): Finding[] {
  return ssh.from.flatMap((network, index) => {
    if (!(EVERYBODY as readonly string[]).includes(network)) return [];
    const path = ['machine', 'ssh', 'from', index];
    const message = 'everybody reaches sshd, whose deploy user is root by way of Docker';
    return [{ rule: 'open-ssh', severity: 'warning' as const, path, message, hint: 'name your own networks' }];
  });
}

function checkRecord({ dns }: MachineEnvironment, hostname: string): Finding[] {
  if (dns?.provider !== 'hetzner' || hostname.endsWith(`.${dns.zone}`)) return [];
  const path = ['machine', 'dns', 'zone'];
  return [{ rule: 'other-zone', path, message: `${hostname} is not in the zone ${dns.zone}`, hint: 'name its zone' }];
}
