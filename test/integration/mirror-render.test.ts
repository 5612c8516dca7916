import { parse } from 'yaml';
import type { TraefikConfiguration } from '../../src/mirror';
import { cli, directoryWith } from '../support/cli';

const POLICIES = `
harbor: { url: https://harbor.corp.test, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { hub: { type: docker-hub, url: https://hub.docker.com } }
projects:
  proxy.docker.io:
    { registry: hub, public: true, conformance: { pull: [library/php:8], mirrors: [{ domain: hub.mirror.test }] } }
  closed.docker.io:
    { registry: hub, public: false, conformance: { pull: [library/php:8], mirrors: [{ domain: 'closed.mirror.test:8443' }] } }
`;

function render(policies: string, ...args: string[]) {
  return cli(['mirror', 'render', '--policies', directoryWith({ 'a.yaml': policies }), ...args]);
}

async function traefik(...args: string[]): Promise<NonNullable<TraefikConfiguration['http']>> {
  const { code, out } = await render(POLICIES, '--format', 'traefik', ...args);
  expect(code).toBe(0);
  return (parse(out) as TraefikConfiguration).http ?? {};
}

describe('breakwater mirror render', () => {
  it('writes a server of nginx for every declared domain, with a robot for private projects', async () => {
    const { code, out, err } = await render(POLICIES, '--quiet');
    expect([code, err]).toEqual([0, '']);
    const servers = out.split(/(?=^# )/m);
    expect(servers).toEqual([
      expect.stringMatching(/^# closed\.mirror\.test serves closed\.docker\.io of https:\/\/harbor\.corp\.test\n/),
      expect.stringMatching(/^# hub\.mirror\.test serves proxy\.docker\.io of https:\/\/harbor\.corp\.test\n/),
    ]);
    expect(servers[0]).toContain('listen 8443 ssl;\n');
    expect(servers[0]).toContain('include /etc/nginx/robots/closed.mirror.test.conf;');
    expect(servers[1]).toContain('listen 443 ssl;\n');
    expect(servers[1]).toContain('map $arg_scope ');
  });

  it('writes one file for Traefik, in which everything is defined but the middleware with the credential', async () => {
    const { routers = {}, middlewares = {}, services = {} } = await traefik('--cert-resolver', 'acme');
    const used = Object.values(routers).flatMap((router) => router.middlewares ?? []);
    expect(used.filter((name) => !(name in middlewares))).toEqual(
      ['ping', 'pull'].map(() => 'mirror-closed.mirror.test-robot'),
    );
    expect(new Set(Object.values(routers).map(({ service }) => service))).toEqual(new Set(Object.keys(services)));
    expect(Object.values(routers).map(({ tls }) => tls)).toEqual(
      Object.keys(routers).map(() => ({ certResolver: 'acme' })),
    );
    // The realm of a token is built from the host, and Harbor may be found by it.
    expect(services).toEqual({
      harbor: { loadBalancer: { servers: [{ url: 'https://harbor.corp.test' }], passHostHeader: false } },
      'harbor-as-mirror': { loadBalancer: { servers: [{ url: 'https://harbor.corp.test' }], passHostHeader: true } },
    });
  });

  it.each([
    ['token-redirect', ['ping', 'pull', 'scope', 'token']],
    ['robot', ['ping', 'pull']],
  ])('uses the requested way: %s', async (way, parts) => {
    const { routers = {}, services = {} } = await traefik('--way', way, '--harbor-url', 'http://10.0.0.7:8080');
    expect([...new Set(Object.keys(routers).map((name) => name.split('-').at(-1)))].sort()).toEqual(parts);
    expect(JSON.stringify(services)).toContain('http://10.0.0.7:8080');
  });

  it('contains the allowed networks, and whether logins are passed on', async () => {
    const { out } = await render(POLICIES, '--login', '--allow-from', '10.0.0.0/8', '--allow-from', 'fd00::/8');
    expect(out.match(/allow .*|deny .*/g)).toEqual([
      'allow 10.0.0.0/8;',
      'allow fd00::/8;',
      'deny all;',
      'allow 10.0.0.0/8;',
      'allow fd00::/8;',
      'deny all;',
    ]);
    expect(out).not.toContain('Authorization');
  });

  const SHIELDED = POLICIES.replaceAll(/domain: ('?[a-z.:0-9]+'?)/g, 'domain: $1, shield: { revalidate: 1m }');

  it('configures a cache for a mirror that is declared with a shield', async () => {
    const { code, out } = await render(SHIELDED, '--quiet', '--cache', '/srv/cache');
    expect(code).toBe(0);
    expect(out.match(/^proxy_cache_path .*/gm)).toEqual(
      ['closed', 'hub'].map((name) =>
        expect.stringMatching(`/srv/cache/breakwater-${name}\\.mirror\\.test .*inactive=604800s`),
      ),
    );
  });

  it('lets an nginx next to Traefik cache', async () => {
    const { code, out } = await render(SHIELDED, '--format', 'traefik', '--shield-url', 'http://10.0.0.7:8080');
    const { services = {} } = (parse(out) as TraefikConfiguration).http ?? {};
    expect([code, services]).toEqual([
      0,
      { shield: { loadBalancer: { servers: [{ url: 'http://10.0.0.7:8080' }], passHostHeader: true } } },
    ]);
  });

  it.each([
    ['a private project that is opened to everybody', ['--way', 'token-redirect'], /closed.*the project is private/],
    ['clients with logins of their own', ['--login'], /with --login they differ/],
    ['Traefik alone', ['--format', 'traefik'], /Traefik cannot cache responses/],
  ])('refuses a shield for %s', async (_, args, message) => {
    const { code, out, err } = await render(SHIELDED, ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
  });

  it.each([
    [
      'nothing to render',
      'projects: { p: { public: true } }',
      ['--harbor-url', 'https://h.test'],
      /declares no mirror domain/,
    ],
    ['no Harbor', 'projects: { p: { public: true } }', [], /declares no Harbor/],
    ['a Harbor that is no URL', POLICIES, ['--harbor-url', 'harbor'], /"harbor" is not the base URL of a server/],
    [
      'a path that would be dropped',
      POLICIES,
      ['--harbor-url', 'https://harbor.corp.test/registry'],
      /is not the base URL of a server/,
    ],
    [
      'two ports of one host name',
      POLICIES.replace('hub.mirror.test', 'closed.mirror.test'),
      [],
      /closed\.mirror\.test is declared as a mirror domain twice/,
    ],
    [
      'a network that is more',
      POLICIES,
      ['--allow-from', '10.0.0.0/8; include /etc/passwd'],
      /--allow-from.*Must be a network/,
    ],
    ['an invalid port', POLICIES.replace('test:8443', 'test:88443'), [], /not a valid host and port/],
    [
      'one domain for two',
      POLICIES.replace('closed.mirror.test:8443', 'hub.mirror.test'),
      [],
      /hub\.mirror\.test is declared as a mirror domain twice/,
    ],
  ])('reports what is wrong: %s', async (_, policies, args, message) => {
    const { code, out, err } = await render(policies, ...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(message);
  });
});
