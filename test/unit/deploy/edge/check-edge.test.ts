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

describe('what no schema says of edge:', () => {
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

  it('keeps Traefik out of the directories of others', () => {
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

  it('says that nobody logs in where a robot does', () => {
    expect(rulesOf(withMirror({ way: 'robot', login: false }))).toEqual(['login-without-effect edge.mirrors.0.login']);
  });

  it('warns of a project that could be a namespace of its upstream', () => {
    expect(checkEdge(withMirror({ project: 'quay' }))).toMatchObject([
      { rule: 'mirror-of-a-namespace', severity: 'warning', hint: expect.stringContaining('proxy.quay') },
    ]);
  });
});
