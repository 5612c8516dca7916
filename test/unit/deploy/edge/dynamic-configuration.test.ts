import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import type { EdgeEnvironment } from '../../../../src/deploy/edge';
import { dynamicConfiguration, toMirror } from '../../../../src/deploy/edge/dynamic-configuration';
import { dynamicFiles } from '../../../../src/deploy/edge/edge-container';
import { traefikRobot, type TraefikConfiguration } from '../../../../src/mirror';
import { ACME, BALANCED, ENVIRONMENTS, FILES, LAB, SHIELDED } from './environments';
import { traefikDynamicSchema } from './traefik-dynamic-schema';

const HOSTNAME = 'harbor.corp.test';
const validate = new Ajv2020({ allErrors: true }).compile(traefikDynamicSchema);

function harborOf(edge: EdgeEnvironment): TraefikConfiguration {
  return dynamicConfiguration(edge, HOSTNAME).get('harbor.yml') ?? {};
}

describe('the dynamic configuration of Traefik', () => {
  it.each([...ENVIRONMENTS, ['shielded', SHIELDED] as const])(
    '%s: is accepted by Traefik’s file provider',
    (_, edge) => {
      const files = dynamicFiles(edge, HOSTNAME);
      expect([...files.keys()]).toEqual([
        'harbor.yml',
        ...(edge.mirrors ?? []).map(({ hostname }) => `mirror-${hostname}.yml`),
      ]);
      for (const [name, text] of files)
        expect([name, validate(parse(text)), validate.errors]).toEqual([name, true, null]);
    },
  );

  it('sends a shielded mirror to the caching nginx, after the list of allowed networks', () => {
    const files = dynamicConfiguration(SHIELDED, HOSTNAME);
    expect(files.get('harbor.yml')?.http?.services).toMatchObject({
      shield: { loadBalancer: { servers: [{ url: 'http://shield:8080' }] } },
    });
    expect(Object.values(files.get('mirror-hub.mirror.test.yml')?.http?.routers ?? {})).toEqual([
      expect.objectContaining({
        rule: 'Host(`hub.mirror.test`)',
        middlewares: ['mirror-hub.mirror.test-allow'],
        service: 'shield',
      }),
    ]);
    expect(harborOf(ACME).http?.services).not.toHaveProperty('shield');
  });

  it('is also in the schema for the file of a robot', () => {
    const [mirror] = (ACME.mirrors ?? []).filter(({ way }) => way === 'robot').map(toMirror);
    expect([validate(traefikRobot(mirror!, 'robot$m', 'secret')), validate.errors]).toEqual([true, null]);
  });

  it.each<[string, object]>([
    ['a key that Traefik does not know', { http: { routes: {} } }],
    [
      'two middlewares under one name',
      { http: { middlewares: { a: { ipAllowList: { sourceRange: ['::/0'] }, headers: {} } } } },
    ],
    [
      'a rule that cannot be parsed',
      { http: { routers: { r: { entryPoints: ['web'], rule: 'Host("a")', service: 's' } } } },
    ],
  ])('detects %s', (_, wrong) => expect(validate(wrong)).toBe(false));

  it.each(ENVIRONMENTS)('%s: has no template in it: Traefik runs every file through Go’s', (_, edge) => {
    expect([...dynamicFiles(edge, HOSTNAME).values()].join()).not.toMatch(/\{\{/);
  });

  it.each(ENVIRONMENTS)('%s: no argument is longer than Linux takes, with a hundred mirrors', (_, edge) => {
    const mirrors = Array.from({ length: 100 }, (__, index) => ({
      hostname: `${'m'.repeat(60)}.${index}.mirror.test`,
      project: `${'p'.repeat(200)}.${index}`,
    }));
    const sizes = [...dynamicFiles({ ...edge, mirrors }, HOSTNAME).values()].map((text) => Buffer.byteLength(text));
    // MAX_ARG_STRLEN is 128 KiB; the sum has to stay below a quarter of an 8 MiB stack.
    expect(Math.max(...sizes)).toBeLessThan(64 << 10);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1 << 20);
  });

  it('asks ACME for a certificate of every name, and of none without ACME', () => {
    const resolvers = ({ http }: TraefikConfiguration): unknown[] =>
      Object.values(http?.routers ?? {})
        .filter(({ entryPoints }) => entryPoints.includes('websecure'))
        .map(({ tls }) => tls);
    for (const file of dynamicConfiguration(ACME, HOSTNAME).values())
      for (const tls of resolvers(file)) expect(tls).toEqual({ certResolver: 'acme' });
    for (const file of dynamicConfiguration(FILES, HOSTNAME).values())
      for (const tls of resolvers(file)) expect(tls).toEqual({});
  });

  it.each([
    [ACME, undefined],
    [FILES, { certFile: '/host/etc/harbor/tls/tls.crt', keyFile: '/host/etc/harbor/tls/tls.key' }],
    [LAB, undefined],
  ])('serves the files that are named', (edge, expected) => {
    expect(harborOf(edge).tls?.stores?.['default']?.defaultCertificate).toEqual(expected);
  });

  it.each([
    [ACME, { caFiles: ['/host/etc/harbor/tls/clients.crt'], clientAuthType: 'RequireAndVerifyClientCert' }],
    [FILES, { caFiles: ['/host/srv/pki/clients.crt'], clientAuthType: 'VerifyClientCertIfGiven' }],
    [LAB, undefined],
  ])('asks for client certificates as declared', (edge, expected) => {
    const options = harborOf(edge).tls?.options?.['default'];
    expect(options?.clientAuth).toEqual(expected);
    expect(options?.minVersion).toBe('VersionTLS12');
    expect(options?.cipherSuites?.filter((suite) => !/_(GCM|CHACHA20)_/.test(suite))).toEqual([]);
  });

  it("finds the client's address behind trusted HTTP proxies, else that of the connection", () => {
    const allowOf = (edge: EdgeEnvironment) =>
      Object.entries(dynamicConfiguration(edge, HOSTNAME).get('mirror-hub.mirror.test.yml')!.http!.middlewares!).find(
        ([name]) => name.endsWith('allow'),
      )![1];
    expect(allowOf(BALANCED)).toEqual({
      ipAllowList: { sourceRange: ['10.0.0.0/8'], ipStrategy: { excludedIPs: ['10.0.0.0/8', 'fd00::/8'] } },
    });
    const proxies = { ...BALANCED.proxies!, protocol: 'proxy' as const };
    expect(allowOf({ ...BALANCED, proxies })).toEqual({ ipAllowList: { sourceRange: ['10.0.0.0/8'] } });
  });

  it('gives a mirror its own certificate, and asks ACME for none of it', () => {
    const files = dynamicConfiguration(BALANCED, HOSTNAME);
    expect(files.get('harbor.yml')!.tls!.certificates).toEqual([
      { certFile: '/host/etc/harbor/hub/tls.crt', keyFile: '/host/etc/harbor/hub/tls.key' },
    ]);
    const tlsOf = (name: string) => Object.values(files.get(name)!.http!.routers!).map(({ tls }) => tls);
    expect(new Set(tlsOf('mirror-hub.mirror.test.yml').map((tls) => JSON.stringify(tls)))).toEqual(new Set(['{}']));
    expect(tlsOf('mirror-quay.mirror.test.yml')).toContainEqual({ certResolver: 'acme' });
  });

  it('redirects every name that is served, and no other', () => {
    expect(harborOf(ACME).http?.routers?.['https']?.rule).toBe(
      'Host(`harbor.corp.test`) || Host(`hub.mirror.test`) || Host(`quay.mirror.test`)',
    );
  });

  it('is the same for the same environment', () => {
    expect([...dynamicFiles(structuredClone(ACME), HOSTNAME)]).toEqual([...dynamicFiles(ACME, HOSTNAME)]);
  });
});
