import type { NetworkErrorCode } from '../../errors';

/** What stood between this machine and a host that it could not reach. */
export interface Way {
  /** After "cannot be reached from here". */
  readonly words: string;
  readonly whatToDo: string;
}

const WAYS: Partial<Record<NetworkErrorCode, Way>> = {
  NETWORK_DNS: {
    words: ': its name does not resolve',
    whatToDo: 'look at its DNS record, and at the DNS that this machine asks',
  },
  NETWORK_REFUSED: {
    words: ': it takes no connection',
    whatToDo: 'look whether it runs, at the port, and at the route and the firewalls on the way',
  },
  NETWORK_TLS: {
    words: ': TLS with it fails',
    whatToDo: 'look at its certificate, at the CA that is declared for it, and at the clock of this machine',
  },
  NETWORK_TIMEOUT: {
    words: ': it does not answer in time',
    whatToDo: 'look for a firewall that drops packets, and at its load',
  },
  NETWORK_RESET: {
    words: ': it breaks off connections',
    whatToDo: 'look at its logs, and at those of whatever stands in front of it',
  },
};

export function wayOf(code: NetworkErrorCode): Way {
  return WAYS[code] ?? { words: '', whatToDo: 'look at the way there from this machine' };
}
