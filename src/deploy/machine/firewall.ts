import { EVERYBODY, type MachineEnvironment } from './machine-schema';

export interface FirewallRule {
  readonly port: number;
  readonly from: readonly string[];
  readonly about: string;
}

/** What may come in: everything else is dropped by the provider, before the machine sees it. */
export function firewallRules({ ssh, clients_from: clients = EVERYBODY }: MachineEnvironment): FirewallRule[] {
  return [
    { port: 22, from: ssh.from, about: 'ssh for operators' },
    { port: 80, from: clients, about: 'http, answered by a redirect' },
    { port: 443, from: clients, about: 'https' },
  ];
}
