/** The `pair:` section: two machines with shared state behind one name. */
export interface PairEnvironment {
  /** Absent: a balancer of your own is in front of both. */
  readonly keepalived?: Keepalived;
  /** It asks each machine for `/api/v2.0/health`. */
  readonly balancer?: true;
}

/** One address that the healthy machine has, by VRRP. */
export interface Keepalived {
  /** With its prefix: 10.20.0.10/24. */
  readonly virtual_address: string;
  /** The network interface, with the same name on both machines. */
  readonly interface: string;
  /** Of both machines on that network, in the order of host.addresses. */
  readonly addresses: readonly string[];
  /** 1 to 255, unique on this network. Default: `DEFAULT_ROUTER_ID`. */
  readonly router_id?: number;
}

/** The default of keepalived's own examples. Another pair in the same network needs another one. */
export const DEFAULT_ROUTER_ID = 51;

const address = (description: string) =>
  ({ description, type: 'string', title: 'an IPv4 address', pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$' }) as const;

/**
 *      pair:
 *        keepalived:                              or balancer: true, for a load balancer of your own
 *          virtual_address: 10.20.0.10/24         where the clients go
 *          interface: eth0
 *          addresses: [10.20.0.11, 10.20.0.12]    of machine a, then of machine b
 *
 * Unicast, because many networks of clouds drop multicast; that is why both addresses are declared.
 */
export const pairSchema = {
  description:
    'Two machines with shared state behind one name; needs `topology: pair` and two addresses in host.addresses.',
  type: 'object',
  properties: {
    keepalived: {
      description: 'One address that moves to the machine that is healthy, by VRRP (unicast).',
      type: 'object',
      properties: {
        virtual_address: {
          description: 'The address of harbor.hostname, with its prefix, such as 10.20.0.10/24.',
          type: 'string',
          title: 'an IPv4 address with its prefix, such as 10.20.0.10/24',
          pattern: '^[0-9]{1,3}(\\.[0-9]{1,3}){3}/([89]|[12][0-9]|3[0-2])$',
        },
        interface: {
          description: 'The network interface of both machines.',
          type: 'string',
          title: 'the name of a network interface, such as eth0',
          pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,14}$',
        },
        addresses: {
          description: 'The IPv4 addresses of both machines on this network, in the order of host.addresses.',
          type: 'array',
          items: address('An IPv4 address.'),
          minItems: 2,
          maxItems: 2,
          uniqueItems: true,
        },
        router_id: {
          description: 'The virtual router, unique on this network.',
          type: 'integer',
          minimum: 1,
          maximum: 255,
          default: DEFAULT_ROUTER_ID,
        },
      },
      required: ['virtual_address', 'interface', 'addresses'],
      additionalProperties: false,
    },
    balancer: {
      description: 'A load balancer of your own is in front of both machines, and asks each for /api/v2.0/health.',
      const: true,
    },
  },
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
} as const;
