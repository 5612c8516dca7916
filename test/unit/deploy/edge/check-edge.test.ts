import { checkEdge, type EdgeEnvironment } from '../../../../src/deploy/edge';
import { ACME, FILES, LAB } from './environments';

function rulesOf(edge: EdgeEnvironment): string[] {
  return checkEdge(edge).map(({ rule, path }) => `${rule} ${path.join('.')}`);
}

function withMetrics(address: string): EdgeEnvironment {
  return { ...LAB, metrics: { address } };
}

function withMirror(mirror: object): EdgeEnvironment {
  return { ...LAB, mirrors: [{ hostname: 'hub.mirror.test', project: 'proxy.docker.io', ...mirror }] };
}

describe('checks of edge: that no schema can express', () => {
  it.each([FILES, LAB, withMirror({ way: 'robot' }), withMirror({ login: true })])('is fine here', (edge) =>
    expect(rulesOf(edge)).toEqual([]),
  );

  it.each([
    ['whose answers would be each client’s own', { login: true, shield: {} }, 'shield-with-login'],
    ['that forgets before it asks again', { shield: { revalidate: '2h', stale: '1h' } }, 'bad-shield'],
  ])('refuses a shield %s', (_, mirror, rule) =>
    expect(rulesOf(withMirror(mirror))).toEqual([`${rule} edge.mirrors.0.shield`]),
  );

  it.each(['127.0.0.1:9100', '10.1.2.3:1', '172.31.255.1:9100', '192.168.1.1:9100', '[::1]:9100', '[fd12::1]:65535'])(
    'metrics at %s are inside',
    (address) => expect(rulesOf(withMetrics(address))).toEqual([]),
  );

  it.each([
    ['0.0.0.0:9100', 'public-metrics'],
    ['[::]:9100', 'public-metrics'],
    ['203.0.113.7:9100', 'public-metrics'],
    ['172.32.0.1:9100', 'public-metrics'],
    ['[2001:db8::1]:9100', 'public-metrics'],
    ['127.0.0.256:9100', 'bad-address'],
    ['127.0.0.1:0', 'bad-address'],
    ['127.0.0.1:65536', 'bad-address'],
    ['127.0.0.1:443', 'taken-port'],
    ['10.1.2.3:80', 'taken-port'],
  ])('metrics at %s are %s', (address, rule) =>
    expect(rulesOf(withMetrics(address))).toEqual([`${rule} edge.metrics.address`]),
  );

  const ACME_PATH = 'edge.certificate.acme';
  const withAcme = (acme: object, rest: object = {}): EdgeEnvironment => ({
    ...rest,
    certificate: { acme: { email: 'ops@harbor.test', ...acme } },
  });

  it.each([
    [{ challenge: 'http-01' }, {}],
    [{ challenge: 'tls-alpn-01', eab: { kid: 'k', hmac_file: '/etc/harbor/eab/hmac' } }, {}],
    [{ dns_provider: 'route53', propagation: { delay: '60s' } }, {}],
    [{ dns_provider: 'route53', resolvers: ['1.1.1.1:53'], propagation: { all_nameservers: true } }, {}],
    [{ dns_provider: 'route53', resolvers: ['10.0.0.53:53'], propagation: { resolvers_only: true } }, {}],
    [{ challenge: 'http-01' }, { proxies: { trusted: ['10.0.0.0/8'], protocol: 'headers' } }],
    [{ challenge: 'tls-alpn-01' }, { listen: { http_port: 8080 } }],
  ])('the challenge %j is fine with %j', (acme, rest) => expect(rulesOf(withAcme(acme, rest))).toEqual([]));

  it.each([
    ['dns-01 without a provider', {}, {}, [`missing-key ${ACME_PATH}`]],
    [
      'a provider that http-01 does not use',
      { challenge: 'http-01', dns_provider: 'route53', resolvers: ['1.1.1.1:53'] },
      {},
      [`useless-key ${ACME_PATH}.dns_provider`, `useless-key ${ACME_PATH}.resolvers`],
    ],
    [
      'http-01 at another port',
      { challenge: 'http-01' },
      { listen: { http_port: 8080 } },
      ['challenge-port edge.listen.http_port'],
    ],
    [
      'tls-alpn-01 through a proxy that ends TLS',
      { challenge: 'tls-alpn-01' },
      { listen: { https_port: 8443 }, proxies: { trusted: ['10.0.0.1/32'], protocol: 'headers' } },
      ['challenge-port edge.listen.https_port', `challenge-through-proxy ${ACME_PATH}.challenge`],
    ],
    [
      'name servers that are not named',
      { dns_provider: 'route53', propagation: { all_nameservers: true } },
      {},
      [`missing-key ${ACME_PATH}.propagation.all_nameservers`],
    ],
    [
      'resolvers alone that are not named',
      { dns_provider: 'route53', propagation: { resolvers_only: true } },
      {},
      [`missing-key ${ACME_PATH}.propagation.resolvers_only`],
    ],
    [
      'checks that are both skipped and narrowed',
      { dns_provider: 'route53', propagation: { resolvers_only: true, skip_checks: true } },
      {},
      [`useless-key ${ACME_PATH}.propagation.resolvers_only`],
    ],
    [
      'checks that are both skipped and widened',
      { dns_provider: 'route53', propagation: { all_nameservers: true, skip_checks: true } },
      {},
      [`useless-key ${ACME_PATH}.propagation.all_nameservers`],
    ],
  ])('finds %s', (_, acme, rest, found) => expect(rulesOf(withAcme(acme, rest))).toEqual(found));

  it.each([
    ['203.0.113.7', []],
    ['2001:db8::7', []],
    ['127.0.0.1', []],
    ['0.0.0.0', []],
    ['::', []],
    ['203.0.113.700', ['bad-address edge.listen.addresses.0']],
  ])('the address %s gives %j', (address, found) =>
    expect(rulesOf({ ...LAB, listen: { addresses: [address] } })).toEqual(found),
  );

  it('finds an address next to every address of its kind', () => {
    const addresses = ['0.0.0.0', '203.0.113.7', '2001:db8::7'];
    expect(rulesOf({ ...LAB, listen: { addresses } })).toEqual(['taken-port edge.listen.addresses.1']);
    expect(rulesOf({ ...LAB, listen: { addresses: ['0.0.0.0', '::'] } })).toEqual([]);
  });

  it('finds two entry points at one port, and metrics at one of them', () => {
    expect(rulesOf({ ...LAB, listen: { http_port: 443 } })).toEqual(['taken-port edge.listen.http_port']);
    const metrics = { address: '10.1.2.3:8443' };
    expect(rulesOf({ ...LAB, metrics, listen: { https_port: 8443 } })).toEqual(['taken-port edge.metrics.address']);
    expect(rulesOf({ ...LAB, metrics: { address: '10.1.2.3:443' }, listen: { https_port: 8443 } })).toEqual([]);
  });

  it.each([
    ['10.0.0.0/8', []],
    ['2001:db8::/32', []],
    ['0.0.0.0/0', ['trusts-everybody edge.proxies.trusted.0']],
    ['::/0', ['trusts-everybody edge.proxies.trusted.0']],
    ['10.0.0.0/33', ['bad-network edge.proxies.trusted.0']],
  ])('a trusted network %s gives %j', (network, found) =>
    expect(rulesOf({ ...LAB, proxies: { trusted: [network], protocol: 'proxy' } })).toEqual(found),
  );

  it('keeps Traefik out of the directories of others', () => {
    const shared = { certificate: '/etc/harbor/hub.crt', key: '/etc/harbor/hub/hub.key' };
    expect(rulesOf(withMirror({ files: shared }))).toEqual(['shared-directory edge.mirrors.0.files.certificate']);
    const files = { certificate: '/etc/harbor/tls.crt', key: '/etc/tls.key' };
    const edge = { certificate: { files }, client_certificate: { ca_file: '/etc/harbor/clients/ca.crt' } };
    expect(rulesOf(edge)).toEqual([
      'shared-directory edge.certificate.files.certificate',
      'shared-directory edge.certificate.files.key',
    ]);
    for (const key of ['/root/tls.key', '/etc/ssl/private/tls.key']) {
      const own = { certificate: { files: { certificate: '/etc/harbor/tls/tls.crt', key } } };
      expect(rulesOf(own)).toEqual(['shared-directory edge.certificate.files.key']);
    }
    // One file that is mounted by itself may lie there.
    expect(rulesOf(ACME).filter((rule) => rule.startsWith('shared'))).toEqual([]);
  });

  it.each([
    [
      { allow_from: ['10.0.0.0/8', '10.0.0.0/33', 'fd00::/129', '1.2.3/8'] },
      ['1', '2', '3'].map((n) => `allow_from.${n}`),
    ],
    [{ allow_from: ['0.0.0.0/0', '::/0', 'fd00::/8'] }, []],
  ])('networks are networks: %j', (mirror, wrong) =>
    expect(rulesOf(withMirror(mirror))).toEqual(wrong.map((path) => `bad-network edge.mirrors.0.${path}`)),
  );

  it('reports that clients do not log in with the way robot', () => {
    expect(rulesOf(withMirror({ way: 'robot', login: false }))).toEqual(['login-without-effect edge.mirrors.0.login']);
  });

  it('warns of a project that could be a namespace of its upstream', () => {
    expect(checkEdge(withMirror({ project: 'quay' }))).toMatchObject([
      { rule: 'mirror-of-a-namespace', severity: 'warning', hint: expect.stringContaining('proxy.quay') },
    ]);
  });
});
