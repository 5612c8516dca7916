import { EVERYBODY, type MachineEnvironment } from './machine-schema';

export interface FirewallRule {
  readonly port: number;
  readonly from: readonly string[];
  readonly about: string;
}

/** Where clients, or a balancer, reach the edge. */
export interface FrontPorts {
  readonly http: number;
  readonly https: number;
}

/** What may come in: everything else is dropped by the provider, before the machine sees it. */
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
