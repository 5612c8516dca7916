import type { EdgeEnvironment } from '../../../../src/deploy/edge';

export const ACME: EdgeEnvironment = {
  certificate: {
    acme: {
      email: 'ops@harbor.test',
      dns_provider: 'route53',
      credentials_file: '/etc/harbor/acme.env',
      ca_server: 'https://ca.test/directory',
      ca_file: '/etc/harbor/acme-ca/root.crt',
      resolvers: ['1.1.1.1:53', '8.8.8.8:53'],
    },
  },
  client_certificate: { ca_file: '/etc/harbor/tls/clients.crt' },
  mirrors: [
    { hostname: 'hub.mirror.test', project: 'proxy.docker.io', allow_from: ['10.0.0.0/8'] },
    { hostname: 'quay.mirror.test', project: 'quay', way: 'robot' },
  ],
  metrics: { address: '10.1.2.3:9100' },
};

export const FILES: EdgeEnvironment = {
  certificate: { files: { certificate: '/etc/harbor/tls/tls.crt', key: '/etc/harbor/tls/tls.key' } },
  client_certificate: { ca_file: '/srv/pki/clients.crt', required: false },
  mirrors: [{ hostname: 'hub.mirror.test', project: 'proxy.docker.io', login: true }],
};

export const SHIELDED: EdgeEnvironment = {
  certificate: { self_signed: true },
  mirrors: [
    { hostname: 'hub.mirror.test', project: 'proxy.docker.io', allow_from: ['10.0.0.0/8'], shield: {} },
    { hostname: 'quay.mirror.test', project: 'quay', way: 'robot', shield: { revalidate: '1m', stale: '2d' } },
    { hostname: 'plain.mirror.test', project: 'proxy.ghcr.io' },
  ],
};

export const BALANCED: EdgeEnvironment = {
  certificate: {
    acme: {
      email: 'ops@harbor.test',
      challenge: 'http-01',
      eab: { kid: 'key-1', hmac_file: '/etc/harbor/acme-eab/hmac' },
    },
  },
  listen: { addresses: ['203.0.113.7', '2001:db8::7'], http_port: 8080, https_port: 8443 },
  proxies: { trusted: ['10.0.0.0/8', 'fd00::/8'], protocol: 'headers' },
  mirrors: [
    {
      hostname: 'hub.mirror.test',
      project: 'proxy.docker.io',
      allow_from: ['10.0.0.0/8'],
      files: { certificate: '/etc/harbor/hub/tls.crt', key: '/etc/harbor/hub/tls.key' },
    },
    { hostname: 'quay.mirror.test', project: 'proxy.quay.io' },
  ],
};

export const LAB: EdgeEnvironment = { certificate: { self_signed: true } };

export const ENVIRONMENTS: readonly (readonly [string, EdgeEnvironment])[] = [
  ['ACME', ACME],
  ['own files', FILES],
  ['behind a balancer', BALANCED],
  ['lab', LAB],
];

const email = 'ops@harbor.test';
const proxies = { trusted: ['10.0.0.0/8', 'fd00::/8'], protocol: 'proxy' } as const;
const dns_provider = 'rfc2136';

/** Every other option of ACME and of balancers. */
export const CHALLENGES: readonly (readonly [string, EdgeEnvironment])[] = [
  ['TLS-ALPN-01', { certificate: { acme: { email, challenge: 'tls-alpn-01' } }, proxies }],
  [
    'DNS-01 that waits',
    { certificate: { acme: { email, dns_provider, propagation: { delay: '2m', all_nameservers: true } } } },
  ],
  [
    'DNS-01 that asks resolvers alone',
    {
      certificate: {
        acme: {
          email,
          dns_provider,
          resolvers: ['10.0.0.53:53'],
          lifetime: '7d',
          propagation: { resolvers_only: true },
        },
      },
    },
  ],
  ['DNS-01 that does not look', { certificate: { acme: { email, dns_provider, propagation: { skip_checks: true } } } }],
];
