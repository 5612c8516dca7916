import { Ajv2020 } from 'ajv/dist/2020';
import { edgeContainer, edgeSchema, type EdgeEnvironment } from '../../../../src/deploy/edge';
import { ACME, BALANCED, CHALLENGES, ENVIRONMENTS, FILES, LAB } from './environments';
import { faultOfFlag } from './traefik-static-options';

const HOSTNAME = 'harbor.corp.test';
const DIGEST = `sha256:${'a'.repeat(64)}`;
const IMAGE = `traefik:v3.7.9@${DIGEST}`;

describe('Traefik’s container', () => {
  it('is given its static configuration as arguments', () => {
    const { command } = edgeContainer(ACME, HOSTNAME, IMAGE);
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

  it.each([...ENVIRONMENTS, ...CHALLENGES])(
    '%s: has no option but those of Traefik, each with a value of its type',
    (_, edge) => {
      const { command, entrypoint, healthcheck } = edgeContainer(edge, HOSTNAME, IMAGE);
      const secret = /"(--certificatesResolvers[^=]+=)\$launch_value"/.exec(entrypoint[2] ?? '')?.[1];
      const flags = [...command, ...healthcheck, ...(secret === undefined ? [] : [`${secret}aG1hYw`])];
      expect(
        flags
          .filter((flag) => flag.startsWith('--'))
          .map(faultOfFlag)
          .filter(Boolean),
      ).toEqual([]);
      expect(secret !== undefined).toBe(edge.certificate.acme?.eab !== undefined);
    },
  );

  it.each([
    [`traefik:v3.7.12@${DIGEST}`, 4],
    [`registry.corp.internal:5000/hub/traefik:v3.8.0@${DIGEST}`, 4],
    ['traefik:v3.7.15', 4],
    [IMAGE, 0],
    [`traefik:v3.7@${DIGEST}`, 0],
    [`registry.corp.internal:5000/traefik:stable@${DIGEST}`, 0],
  ])('lets %s drop headers that pose as others, at %i entry points', (image, count) => {
    const { command } = edgeContainer(ACME, HOSTNAME, image);
    expect(command.filter((flag) => flag.endsWith('.http.aliasHeadersStrategy=delete'))).toHaveLength(count);
    expect(command.map(faultOfFlag).slice(1).filter(Boolean)).toEqual([]);
  });

  it.each([
    ['--entryPoints.web.adress=:8080', /not an option/],
    ['--certificatesResolvers.acme.acme.dnsChallenge.delayBeforeChecks=10s', /not an option/],
    ['--providers.file.watch=no', /not a flag/],
    ['--certificatesResolvers.acme.acme.dnsChallenge.propagation.delayBeforeChecks=soon', /not a duration/],
  ])('detects %s', (flag, fault) => expect(faultOfFlag(flag)).toMatch(fault));

  it.each(ENVIRONMENTS)('%s: has no API, no Docker, and unprivileged ports only', (_, edge) => {
    const { command, mounts, ports, user } = edgeContainer(edge, HOSTNAME, IMAGE);
    expect(command.filter((flag) => /^--(api|providers\.(?!file))/.test(flag))).toEqual([]);
    expect(mounts.filter(({ source }) => source.includes('docker'))).toEqual([]);
    expect(ports.filter(({ internal }) => internal < 1024)).toEqual([]);
    expect(user).toBe('65532:65532');
  });

  it('mounts what it reads, by directory, and can write where certificates are kept only', () => {
    expect(edgeContainer(ACME, HOSTNAME, IMAGE).mounts).toEqual([
      { source: '/etc/harbor/acme-ca', target: '/host/etc/harbor/acme-ca', readOnly: true },
      { source: '/etc/harbor/tls', target: '/host/etc/harbor/tls', readOnly: true },
      { source: '/etc/harbor/acme.env', target: '/host/etc/harbor/acme.env', readOnly: true },
      { source: '/etc/harbor/traefik/dynamic', target: '/run/traefik/host', readOnly: true },
      { source: '/etc/harbor/acme', target: '/acme', readOnly: false },
    ]);
    expect(edgeContainer(FILES, HOSTNAME, IMAGE).mounts).toEqual([
      { source: '/etc/harbor/tls', target: '/host/etc/harbor/tls', readOnly: true },
      { source: '/srv/pki', target: '/host/srv/pki', readOnly: true },
    ]);
    expect(edgeContainer(LAB, HOSTNAME, IMAGE).mounts).toEqual([]);
  });

  it.each([
    ['10.1.2.3:9100', { internal: 9100, external: 9100, address: '10.1.2.3' }],
    ['[fd00::1]:19100', { internal: 9100, external: 19100, address: 'fd00::1' }],
  ])('publishes metrics at %s alone', (address, expected) => {
    const { ports } = edgeContainer({ ...LAB, metrics: { address } }, HOSTNAME, IMAGE);
    expect(ports).toEqual([{ internal: 8080, external: 80 }, { internal: 8443, external: 443 }, expected]);
  });

  it('publishes HTTP and HTTPS at each address that it listens at, IPv6 as well', () => {
    expect(edgeContainer(BALANCED, HOSTNAME, IMAGE).ports).toEqual([
      { internal: 8080, external: 8080, address: '203.0.113.7' },
      { internal: 8443, external: 8443, address: '203.0.113.7' },
      { internal: 8080, external: 8080, address: '2001:db8::7' },
      { internal: 8443, external: 8443, address: '2001:db8::7' },
    ]);
  });

  const flagsOf = (edge: EdgeEnvironment, pattern: RegExp): string[] =>
    edgeContainer(edge, HOSTNAME, IMAGE).command.filter((flag) => pattern.test(flag));

  it('takes the client’s address from balancers that are trusted, in the way that they say it', () => {
    expect(flagsOf(BALANCED, /trusted/i)).toEqual([
      '--entryPoints.web.forwardedHeaders.trustedIPs=10.0.0.0/8,fd00::/8',
      '--entryPoints.websecure.forwardedHeaders.trustedIPs=10.0.0.0/8,fd00::/8',
    ]);
    const proxies = { trusted: ['10.0.0.1/32'], protocol: 'proxy' as const };
    expect(flagsOf({ ...LAB, proxies }, /trusted/i)).toEqual([
      '--entryPoints.web.proxyProtocol.trustedIPs=10.0.0.1/32',
      '--entryPoints.websecure.proxyProtocol.trustedIPs=10.0.0.1/32',
    ]);
    expect(flagsOf(LAB, /trusted|insecure/i)).toEqual([]);
  });

  it.each([
    [{ challenge: 'http-01' as const }, ['httpChallenge.entryPoint=web']],
    [{ challenge: 'tls-alpn-01' as const }, ['tlsChallenge=true']],
    [
      { dns_provider: 'rfc2136', propagation: { delay: '90s', all_nameservers: true } },
      [
        'dnsChallenge.propagation.delayBeforeChecks=90s',
        'dnsChallenge.propagation.requireAllRNS=true',
        'dnsChallenge.provider=rfc2136',
      ],
    ],
    [
      { dns_provider: 'rfc2136', propagation: { skip_checks: true } },
      ['dnsChallenge.propagation.disableChecks=true', 'dnsChallenge.provider=rfc2136'],
    ],
    [
      { dns_provider: 'rfc2136', resolvers: ['10.0.0.53:53'], propagation: { resolvers_only: true } },
      [
        'dnsChallenge.propagation.disableANSChecks=true',
        'dnsChallenge.propagation.requireAllRNS=true',
        'dnsChallenge.provider=rfc2136',
        'dnsChallenge.resolvers=10.0.0.53:53',
      ],
    ],
  ])('asks for the challenge %j', (acme, expected) => {
    const edge = { certificate: { acme: { email: 'ops@harbor.test', ...acme } } };
    const prefix = '--certificatesResolvers.acme.acme.';
    expect(flagsOf(edge, /Challenge/).map((flag) => flag.slice(prefix.length))).toEqual(expected);
  });

  it.each([
    ['24h', 24],
    ['7d', 168],
  ])('reports that certificates are valid for %s', (lifetime, hours) => {
    const edge = { certificate: { acme: { email: 'ops@harbor.test', challenge: 'http-01' as const, lifetime } } };
    expect(flagsOf(edge, /Duration/)).toEqual([`--certificatesResolvers.acme.acme.certificatesDuration=${hours}`]);
  });

  it('has the key of an account binding read from the host at start, and its name alone in the plan', () => {
    const { command, entrypoint, mounts } = edgeContainer(BALANCED, HOSTNAME, IMAGE);
    expect(command.filter((flag) => flag.includes('.eab.'))).toEqual([
      '--certificatesResolvers.acme.acme.eab.kid=key-1',
    ]);
    expect(entrypoint[2]).toContain('exec "$@" "--certificatesResolvers.acme.acme.eab.hmacEncoded=$launch_value"');
    expect(entrypoint[2]).toContain('<"/host/etc/harbor/acme-eab/hmac"');
    expect(mounts).toContainEqual({
      source: '/etc/harbor/acme-eab/hmac',
      target: '/host/etc/harbor/acme-eab/hmac',
      readOnly: true,
    });
  });

  it('publishes no metrics unless it is asked to', () => {
    expect(edgeContainer(LAB, HOSTNAME, IMAGE).ports.map(({ external }) => external)).toEqual([80, 443]);
  });

  it('hands the file with the credentials of ACME to the launcher, by path', () => {
    expect(edgeContainer(ACME, HOSTNAME, IMAGE).entrypoint[4]).toBe('/host/etc/harbor/acme.env');
    expect(edgeContainer(FILES, HOSTNAME, IMAGE).entrypoint[4]).toBe('');
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
    ['another challenge', { certificate: { acme: { email: 'a@b.test', challenge: 'dns' } } }],
    ['a key in place of its file', { certificate: { acme: { email: 'a@b.test', eab: { kid: 'k', hmac: 'x' } } } }],
    ['an address that is a name', { ...LAB, listen: { addresses: ['eth0'] } }],
    ['an invalid port', { ...LAB, listen: { https_port: 0 } }],
    ['proxies of an unknown way', { ...LAB, proxies: { trusted: ['10.0.0.0/8'], protocol: 'both' } }],
    ['no trusted proxies', { ...LAB, proxies: { trusted: [], protocol: 'proxy' } }],
    ['metrics at a name', { ...LAB, metrics: { address: 'localhost:9100' } }],
    ['metrics at every address', { ...LAB, metrics: { address: ':9100' } }],
  ])('refuses %s', (_, edge) => expect(validate(edge)).toBe(false));
});
