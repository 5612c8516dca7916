import { compact } from '../compact';
import { constantScope, escapeRegExp, type Mirror } from './mirror';
import type {
  TraefikConfiguration,
  TraefikHttp,
  TraefikMiddleware,
  TraefikRouter,
  TraefikRouterTls,
} from './traefik-configuration';

/** What the mirrors of a Traefik have in common. */
export interface TraefikFront {
  readonly entryPoint: string;
  /** Name of the service that is Harbor. It has to pass the Host header on: Harbor builds the token realm from it. */
  readonly service: string;
  readonly tls: TraefikRouterTls;
  /** Name of the service that is the nginx of the shielded mirrors. It has to pass the Host header on as well. */
  readonly shieldService?: string;
  /** Networks of the HTTP proxies before Traefik, whose X-Forwarded-For names the client. */
  readonly trustedProxies?: readonly string[];
}

/**
 * Routers and middlewares of one mirror domain. What no router takes is 404: pushes, the catalogue, the API, the
 * portal. A way `robot` refers to a middleware that `traefikRobot` writes, so that no credential is in here; while it
 * is missing, Traefik serves none of the mirror's routers.
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

/** The nginx behind it refuses what is not a pull, rewrites the path and adds the credential. */
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
 * The client asks for a token of `library/php`, and is sent to one of the project. Traefik rewrites no query on the way
 * to a service, but `redirectRegex` sees the whole URL. Clients that ask for the project's scope already, such as
 * containerd, which reads it from the challenge, are let through: so there is no loop.
 */
function withTokenRedirect(mirror: Mirror): Parts {
  const scoped = `repository:${escapeRegExp(mirror.project)}/`;
  const token = hostAnd(mirror, 'Path(`/service/token`)');
  const loginless = mirror.login === true ? [] : ['anonymous'];
  return {
    routers: {
      ping: { rule: hostAnd(mirror, 'Path(`/v2/`)'), priority: PRIORITY.ping, middlewares: loginless },
      // A POST goes on: Harbor answers 405, on which containerd asks by GET. Without a scope it is a login.
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
 * Harbor answers `/v2/` with 200 to the robot, so that clients never ask for a token. Its challenge is taken away:
 * with a robot that expired it would ask people for a password that does not exist.
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

/** Said, since Traefik otherwise prefers the longer rule. */
const PRIORITY = { ping: 40, scope: 30, token: 20, pull: 10 } as const;

function pullRule(mirror: Mirror): string {
  return hostAnd(mirror, 'PathPrefix(`/v2/`) && !PathPrefix(`/v2/_catalog`) && (Method(`GET`) || Method(`HEAD`))');
}

/**
 * Prefixing twice changes nothing: the Location of Harbor's 301 to `library/` and the Link of a tag list come back with
 * the project in them. A namespace of Docker Hub cannot contain a dot, and so hardly be a project's name.
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

/** The hostname as it is: any shortening of it could make one name of two. */
function nameOf({ hostname }: Mirror, part: string): string {
  return `mirror-${hostname}-${part}`;
}
