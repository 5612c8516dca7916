import { EVERYBODY, type MachineEnvironment } from './machine-schema';

/** Incoming TCP. `from` are networks in CIDR form, `about` is the description in the provider's console. */
export interface FirewallRule {
  readonly port: number;
  readonly from: readonly string[];
  readonly about: string;
}

/** Ports of the edge for clients or a balancer. */
export interface FrontPorts {
  readonly http: number;
  readonly https: number;
}

/** Allowed incoming traffic: the provider drops everything else before it reaches the machine. */
export function firewallRules(
  { ssh, clients_from: clients = EVERYBODY }: MachineEnvironment,
  { http, https }: FrontPorts,
): FirewallRule[] {
  return [
    { port: 22, from: ssh.from, about: 'ssh for operators' },
    { port: http, from: clients, about: 'http, answered by a redirect' },
    { port: https, from: clients, about: 'https' },
  ];
}
