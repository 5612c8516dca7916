import { traefikMirror, traefikRobot, type Mirror } from '../../../src/mirror';

const front = { entryPoint: 'websecure', service: 'harbor', tls: { certResolver: 'acme' } };
const redirecting: Mirror = { hostname: 'hub.mirror.test', project: 'proxy.docker.io', way: 'token-redirect' };
const withRobot: Mirror = { ...redirecting, way: 'robot' };

function routersOf(mirror: Mirror) {
  return traefikMirror(mirror, front).http?.routers ?? {};
}

function middlewaresOf(mirror: Mirror) {
  return traefikMirror(mirror, front).http?.middlewares ?? {};
}

/** What Go's regexp does with a path or URL, for expressions that mean the same in both languages. */
function replaced(mirror: Mirror, part: 'project' | 'scope', text: string): string {
  const middleware = middlewaresOf(mirror)[`mirror-${mirror.hostname}-${part}`] as Record<string, Replacement>;
  const { regex, replacement } = Object.values(middleware)[0]!;
  return text.replace(new RegExp(regex), replacement);
}
type Replacement = { readonly regex: string; readonly replacement: string };

describe('a mirror domain in Traefik', () => {
  it.each([
    ['token-redirect', redirecting, ['ping', 'token', 'scope', 'pull']],
    ['robot', withRobot, ['ping', 'pull']],
  ])('%s: has its routers, all for its own name, at the entry point, with the certificate', (_, mirror, parts) => {
    const routers = routersOf(mirror);
    expect(Object.keys(routers)).toEqual(parts.map((part) => `mirror-hub.mirror.test-${part}`));
    for (const router of Object.values(routers)) {
      expect(router.rule).toMatch(/^Host\(`hub\.mirror\.test`\) && /);
      expect(router).toMatchObject({ entryPoints: ['websecure'], service: 'harbor', tls: front.tls });
    }
  });

  it.each([redirecting, { ...redirecting, login: true }, { ...redirecting, allowFrom: ['10.0.0.0/8'] }])(
    'names no middleware that it does not define: %j',
    (mirror) => {
      const used = Object.values(routersOf(mirror)).flatMap(({ middlewares = [] }) => middlewares);
      expect([...new Set(used)].sort()).toEqual(Object.keys(middlewaresOf(mirror)).sort());
    },
  );

  it('keeps the credential of a robot in a separate file', () => {
    const used = Object.values(routersOf(withRobot)).flatMap(({ middlewares = [] }) => middlewares);
    const missing = [...new Set(used)].filter((name) => !(name in middlewaresOf(withRobot)));
    const { middlewares } = traefikRobot(withRobot, 'robot$pull er', 'Pa:ss wörd').http ?? {};
    expect(Object.keys(middlewares ?? {})).toEqual(missing);
    const [authorization] = JSON.stringify(middlewares).match(/(?<=Basic )[A-Za-z0-9+/=]+/) ?? [];
    expect(Buffer.from(authorization ?? '', 'base64').toString('utf8')).toBe('robot$pull er:Pa:ss wörd');
  });

  it.each([
    ['/v2/library/php/manifests/8', '/v2/proxy.docker.io/library/php/manifests/8'],
    ['/v2/php/tags/list', '/v2/proxy.docker.io/php/tags/list'],
    ['/v2/proxy.docker.io/library/php/manifests/8', '/v2/proxy.docker.io/library/php/manifests/8'],
    ['/v2/proxy-docker.io/x/manifests/8', '/v2/proxy.docker.io/proxy-docker.io/x/manifests/8'],
    ['/v2/', '/v2/'],
  ])('%s is %s at Harbor', (path, expected) => {
    expect(replaced(redirecting, 'project', path)).toBe(expected);
    expect(replaced(withRobot, 'project', path)).toBe(expected);
  });

  it.each([
    ['?service=harbor-registry&scope=repository%3Alibrary%2Fphp%3Apull', ''],
    ['?account=me&scope=repository:a/b:pull&scope=repository:c/d:pull,push', ''],
    ['?scope=repository%3Aphp%3Apull', ':8443'],
  ])('a token for %s at port "%s" becomes one for the project, at the same port', (query, port) => {
    expect(replaced(redirecting, 'scope', `https://hub.mirror.test${port}/service/token${query}`)).toBe(
      `https://hub.mirror.test${port}/service/token?service=harbor-registry&scope=repository:proxy.docker.io/x:pull`,
    );
  });

  it('takes the client’s own login away unless it is asked not to', () => {
    expect(JSON.stringify(middlewaresOf(redirecting))).toContain('"Authorization":""');
    expect(JSON.stringify(middlewaresOf({ ...redirecting, login: true }))).not.toContain('Authorization');
  });

  it('checks the network of the client first, in every router', () => {
    const allowFrom = ['10.0.0.0/8', 'fd00::/8'];
    const limited = { ...withRobot, allowFrom };
    const allow = `mirror-${limited.hostname}-allow`;
    expect(Object.values(routersOf(limited)).map(({ middlewares = [] }) => middlewares[0])).toEqual([allow, allow]);
    expect(middlewaresOf(limited)[allow]).toEqual({ ipAllowList: { sourceRange: allowFrom } });
  });

  it('uses separate names for each mirror', () => {
    const names = ['a-b.c.test', 'a.b-c.test'].flatMap((hostname) =>
      Object.keys(routersOf({ ...redirecting, hostname })),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
