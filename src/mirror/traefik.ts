import { compact } from '../compact';
import { constantScope, escapeRegExp, type Mirror } from './mirror';
import type {
  TraefikConfiguration,
  TraefikHttp,
  TraefikMiddleware,
  TraefikRouter,
  TraefikRouterTls,
} from './traefik-configuration';

/** Settings that all mirrors of a Traefik share. */
export interface TraefikFront {
  readonly entryPoint: string;
  /** Name of the service for Harbor. It must pass on the Host header: Harbor builds the token realm from it. */
  readonly service: string;
  readonly tls: TraefikRouterTls;
  /** Name of the service for the nginx of the shielded mirrors. It must pass on the Host header as well. */
  readonly shieldService?: string;
  /** Networks of the HTTP proxies in front of Traefik whose X-Forwarded-For is trusted. */
  readonly trustedProxies?: readonly string[];
}

/**
 * Routers and middlewares of one mirror domain. Requests without a router get 404: pushes, the catalogue, the API, the
 * portal. `way: robot` refers to a middleware that `traefikRobot` writes, so this contains no credential; while it is
 * missing, Traefik serves none of the mirror's routers.
 */
export function traefikMirror(mirror: Mirror, front: TraefikFront): TraefikConfiguration {
  const http = partsOf(mirror);
  const service = mirror.shield ? (front.shieldService ?? 'shield') : front.service;
  const allow = allowList(mirror, front.trustedProxies);
  const routers = Object.entries(http.routers).map(([part, { middlewares, ...router }]) => {
    const chain = [...Object.keys(allow), ...middlewares].map((name) => nameOf(mirror, name));
    return [
      nameOf(mirror, part),
      compact<TraefikRouter>({
        entryPoints: [front.entryPoint],
        ...router,
        middlewares: chain.length > 0 ? chain : undefined,
        service,
        tls: front.tls,
      }),
    ] as const;
  });
  const middlewares = Object.entries({ ...allow, ...http.middlewares }).map(
    ([name, middleware]) => [nameOf(mirror, name), middleware] as const,
  );
  return { http: { routers: Object.fromEntries(routers), middlewares: Object.fromEntries(middlewares) } };
}

/** The file with a robot's credential, to be placed on the host. @param name with Harbor's prefix: `robot$mirror` */
export function traefikRobot(mirror: Mirror, name: string, secret: string): TraefikConfiguration {
  const basic = Buffer.from(`${name}:${secret}`, 'utf8').toString('base64');
  const robot: TraefikMiddleware = { headers: { customRequestHeaders: { Authorization: `Basic ${basic}` } } };
  return { http: { middlewares: { [nameOf(mirror, 'robot')]: robot } } };
}

function partsOf(mirror: Mirror): Parts {
  if (mirror.shield) return withShield(mirror);
  return mirror.way === 'robot' ? withRobot(mirror) : withTokenRedirect(mirror);
}

/** The nginx behind it refuses everything except pulls, rewrites the path and adds the credential. */
function withShield({ hostname }: Mirror): Parts {
  return { routers: { shield: { rule: `Host(\`${hostname}\`)`, middlewares: [] } }, middlewares: {} };
}

interface Parts {
  readonly routers: Readonly<
    Record<string, Pick<TraefikRouter, 'rule' | 'priority'> & { readonly middlewares: readonly string[] }>
  >;
  readonly middlewares: NonNullable<TraefikHttp['middlewares']>;
}

/**
 * A client that requests a token for `library/php` is redirected to one for the project. Traefik cannot rewrite the
 * query for a service, but `redirectRegex` sees the whole URL. Clients that already request the project's scope, such
 * as containerd, which reads it from the challenge, are not redirected, so there is no loop.
 */
function withTokenRedirect(mirror: Mirror): Parts {
  const scoped = `repository:${escapeRegExp(mirror.project)}/`;
  const token = hostAnd(mirror, 'Path(`/service/token`)');
  const loginless = mirror.login === true ? [] : ['anonymous'];
  return {
    routers: {
      ping: { rule: hostAnd(mirror, 'Path(`/v2/`)'), priority: PRIORITY.ping, middlewares: loginless },
      // POST is passed on: Harbor returns 405, after which containerd uses GET. A request without a scope is a login.
      token: { rule: token, priority: PRIORITY.token, middlewares: loginless },
      scope: {
        rule: `${token} && Method(\`GET\`) && QueryRegexp(\`scope\`, \`^repository:\`) && !QueryRegexp(\`scope\`, \`(^| )${scoped}\`)`,
        priority: PRIORITY.scope,
        middlewares: ['scope'],
      },
      pull: { rule: pullRule(mirror), priority: PRIORITY.pull, middlewares: ['project'] },
    },
    middlewares: compact({
      project: inProject(mirror),
      scope: {
        redirectRegex: {
          regex: '^(https?://[^/]+)/.*$',
          replacement: `$1/service/token?service=harbor-registry&scope=${constantScope(mirror.project)}`,
        },
      },
      anonymous: mirror.login !== true ? { headers: { customRequestHeaders: { Authorization: '' } } } : undefined,
    }),
  };
}

/**
 * Harbor returns 200 on `/v2/` for the robot, so clients never request a token. Its challenge is removed: with an
 * expired robot, clients would ask for a password that does not exist.
 */
function withRobot(mirror: Mirror): Parts {
  return {
    routers: {
      ping: {
        rule: hostAnd(mirror, 'Path(`/v2/`) && (Method(`GET`) || Method(`HEAD`))'),
        priority: PRIORITY.ping,
        middlewares: ['challenge', 'robot'],
      },
      pull: { rule: pullRule(mirror), priority: PRIORITY.pull, middlewares: ['project', 'challenge', 'robot'] },
    },
    middlewares: {
      project: inProject(mirror),
      challenge: { headers: { customResponseHeaders: { 'Www-Authenticate': '' } } },
    },
  };
}

/** Explicit, because Traefik otherwise prefers the longer rule. */
const PRIORITY = { ping: 40, scope: 30, token: 20, pull: 10 } as const;

function pullRule(mirror: Mirror): string {
  return hostAnd(mirror, 'PathPrefix(`/v2/`) && !PathPrefix(`/v2/_catalog`) && (Method(`GET`) || Method(`HEAD`))');
}

/**
 * Prefixing twice changes nothing: the Location of Harbor's 301 to `library/` and the Link of a tag list already
 * contain the project. A namespace of Docker Hub cannot contain a dot, so it is unlikely to be a project's name.
 */
function inProject({ project }: Mirror): TraefikMiddleware {
  const own = escapeRegExp(project);
  return { replacePathRegex: { regex: `^/v2/(?:${own}/)?(.+)$`, replacement: `/v2/${project}/$1` } };
}

function allowList({ allowFrom }: Mirror, proxies: readonly string[] | undefined): Record<string, TraefikMiddleware> {
  if (!allowFrom) return {};
  const ipStrategy = proxies && { excludedIPs: proxies };
  return { allow: { ipAllowList: compact({ sourceRange: allowFrom, ipStrategy }) } };
}

function hostAnd({ hostname }: Mirror, rule: string): string {
  return `Host(\`${hostname}\`) && ${rule}`;
}

/** The unchanged host name: any shortening could make two names equal. */
function nameOf({ hostname }: Mirror, part: string): string {
  return `mirror-${hostname}-${part}`;
}
