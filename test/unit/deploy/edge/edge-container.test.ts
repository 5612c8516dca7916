import { Ajv2020 } from 'ajv/dist/2020';
import { edgeContainer, edgeSchema } from '../../../../src/deploy/edge';
import { ACME, ENVIRONMENTS, FILES, LAB } from './environments';

const HOSTNAME = 'harbor.corp.test';

describe('Traefik’s container', () => {
  it('is given its static configuration as arguments', () => {
    const { command } = edgeContainer(ACME, HOSTNAME);
    expect(command).toEqual([
      'traefik',
      '--accessLog.fields.headers.names.User-Agent=keep',
      '--accessLog.format=json',
      '--certificatesResolvers.acme.acme.caCertificates=/host/etc/harbor/acme-ca/root.crt',
      '--certificatesResolvers.acme.acme.caServer=https://ca.test/directory',
      '--certificatesResolvers.acme.acme.dnsChallenge.provider=route53',
      '--certificatesResolvers.acme.acme.dnsChallenge.resolvers=1.1.1.1:53,8.8.8.8:53',
      '--certificatesResolvers.acme.acme.email=ops@harbor.test',
      '--certificatesResolvers.acme.acme.keyType=EC256',
      '--certificatesResolvers.acme.acme.storage=/acme/acme.json',
      '--entryPoints.metrics.address=:9100',
      '--entryPoints.ping.address=127.0.0.1:8082',
      '--entryPoints.web.address=:8080',
      '--entryPoints.websecure.address=:8443',
      '--entryPoints.websecure.http.encodedCharacters.allowEncodedBackSlash=false',
      '--entryPoints.websecure.http.encodedCharacters.allowEncodedNullCharacter=false',
      '--entryPoints.websecure.transport.lifeCycle.graceTimeOut=20s',
      '--entryPoints.websecure.transport.respondingTimeouts.readTimeout=0',
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      '--log.format=json',
      '--log.level=INFO',
      '--metrics.prometheus.addRoutersLabels=true',
      '--metrics.prometheus.entryPoint=metrics',
      '--ping.entryPoint=ping',
      '--providers.file.directory=/run/traefik',
      '--providers.file.watch=false',
      '--serversTransport.forwardingTimeouts.dialTimeout=10s',
      '--serversTransport.forwardingTimeouts.idleConnTimeout=30s',
    ]);
  });

  it.each(ENVIRONMENTS)('%s: has no API, no Docker, and unprivileged ports only', (_, edge) => {
    const { command, mounts, ports, user } = edgeContainer(edge, HOSTNAME);
    expect(command.filter((flag) => /^--(api|providers\.(?!file))/.test(flag))).toEqual([]);
    expect(mounts.filter(({ source }) => source.includes('docker'))).toEqual([]);
    expect(ports.filter(({ internal }) => internal < 1024)).toEqual([]);
    expect(user).toBe('65532:65532');
  });

  it('mounts what it reads, by directory, and can write where certificates are kept only', () => {
    expect(edgeContainer(ACME, HOSTNAME).mounts).toEqual([
      { source: '/etc/harbor/acme-ca', target: '/host/etc/harbor/acme-ca', readOnly: true },
      { source: '/etc/harbor/tls', target: '/host/etc/harbor/tls', readOnly: true },
      { source: '/etc/harbor/acme.env', target: '/host/etc/harbor/acme.env', readOnly: true },
      { source: '/etc/harbor/traefik/dynamic', target: '/run/traefik/host', readOnly: true },
      { source: '/etc/harbor/acme', target: '/acme', readOnly: false },
    ]);
    expect(edgeContainer(FILES, HOSTNAME).mounts).toEqual([
      { source: '/etc/harbor/tls', target: '/host/etc/harbor/tls', readOnly: true },
      { source: '/srv/pki', target: '/host/srv/pki', readOnly: true },
    ]);
    expect(edgeContainer(LAB, HOSTNAME).mounts).toEqual([]);
  });

  it.each([
    ['10.1.2.3:9100', { internal: 9100, external: 9100, address: '10.1.2.3' }],
    ['[fd00::1]:19100', { internal: 9100, external: 19100, address: 'fd00::1' }],
  ])('publishes metrics at %s alone', (address, expected) => {
    const { ports } = edgeContainer({ ...LAB, metrics: { address } }, HOSTNAME);
    expect(ports).toEqual([{ internal: 8080, external: 80 }, { internal: 8443, external: 443 }, expected]);
  });

  it('publishes no metrics unless it is asked to', () => {
    expect(edgeContainer(LAB, HOSTNAME).ports.map(({ external }) => external)).toEqual([80, 443]);
  });

  it('hands the file with the credentials of ACME to the launcher, by path', () => {
    expect(edgeContainer(ACME, HOSTNAME).entrypoint[4]).toBe('/host/etc/harbor/acme.env');
    expect(edgeContainer(FILES, HOSTNAME).entrypoint[4]).toBe('');
  });
});

describe('the schema of edge:', () => {
  const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(edgeSchema);

  it.each(ENVIRONMENTS)('takes %s', (_, edge) => expect([validate(edge), validate.errors]).toEqual([true, null]));

  it.each<[string, unknown]>([
    ['no certificate', {}],
    ['two certificates', { certificate: { self_signed: true, files: FILES.certificate.files } }],
    ['self_signed: false', { certificate: { self_signed: false } }],
    ['a relative path', { certificate: { files: { certificate: 'tls.crt', key: '/etc/harbor/tls/tls.key' } } }],
    [
      'a path that climbs',
      { certificate: { files: { certificate: '/etc/../tls.crt', key: '/etc/harbor/tls/tls.key' } } },
    ],
    ['a file at the root', { certificate: { files: { certificate: '/tls.crt', key: '/tls.key' } } }],
    ['an authority without TLS', { certificate: { acme: { ...ACME.certificate.acme, ca_server: 'http://ca.test' } } }],
    ['a credential in place of a file', { certificate: { acme: { ...ACME.certificate.acme, credentials: 'x' } } }],
    ['a hostname in capitals', { ...LAB, mirrors: [{ hostname: 'Hub.Mirror.test', project: 'p' }] }],
    ['a hostname that is a rule', { ...LAB, mirrors: [{ hostname: 'a`) || Host(`b.test', project: 'p' }] }],
    ['a project in capitals', { ...LAB, mirrors: [{ hostname: 'hub.mirror.test', project: 'P' }] }],
    ['another way', { ...LAB, mirrors: [{ hostname: 'hub.mirror.test', project: 'p', way: 'rewrite' }] }],
    [
      'a network without its length',
      { ...LAB, mirrors: [{ hostname: 'h.test', project: 'p', allow_from: ['10.0.0.1'] }] },
    ],
    ['metrics at a name', { ...LAB, metrics: { address: 'localhost:9100' } }],
    ['metrics at every address', { ...LAB, metrics: { address: ':9100' } }],
  ])('refuses %s', (_, edge) => expect(validate(edge)).toBe(false));
});
