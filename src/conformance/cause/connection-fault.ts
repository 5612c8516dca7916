import type { NetworkErrorCode } from '../../errors';

/** The reason why this machine could not reach a host. */
export interface ConnectionFault {
  /** Follows "cannot be reached from here". */
  readonly words: string;
  readonly whatToDo: string;
}

const FAULTS: Partial<Record<NetworkErrorCode, ConnectionFault>> = {
  NETWORK_DNS: {
    words: ': its name does not resolve',
    whatToDo: 'check its DNS record, and the DNS server of this machine',
  },
  NETWORK_REFUSED: {
    words: ': it refuses connections',
    whatToDo: 'check that it runs, the port, the route and firewalls in between',
  },
  NETWORK_TLS: {
    words: ': the TLS handshake fails',
    whatToDo: 'check its certificate, the CA declared for it, and the clock of this machine',
  },
  NETWORK_TIMEOUT: {
    words: ': it does not respond in time',
    whatToDo: 'check for a firewall that drops packets, and its load',
  },
  NETWORK_REDIRECT: {
    words: ': it redirects requests in a circle, or to another host',
    whatToDo: 'check its URL in the declaration, and for a login page in front of it',
  },
  NETWORK_RESET: {
    words: ': it resets connections',
    whatToDo: 'check its logs, and those of the proxy in front of it',
  },
};

/** For `NETWORK_OTHER` and codes without an entry: no words, and the general advice. */
export function connectionFaultOf(code: NetworkErrorCode): ConnectionFault {
  return FAULTS[code] ?? { words: '', whatToDo: 'check the network path from this machine' };
}
