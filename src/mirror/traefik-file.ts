import type { Mirror } from './mirror';
import { traefikMirror } from './traefik';
import type { TraefikConfiguration, TraefikHttp, TraefikService } from './traefik-configuration';

/** What that other Traefik calls its parts, and how it reaches Harbor. */
export interface TraefikFileOptions {
  /** Base URL of Harbor, as Traefik reaches it. */
  readonly harborUrl: string;
  readonly entryPoint: string;
  /** Without it Traefik chooses its own certificate for the name. */
  readonly certResolver?: string;
  /** Base URL of the nginx that serves shielded mirrors. */
  readonly shieldUrl?: string;
}

/** A file for the file provider of another Traefik: all mirrors, and the services that they refer to. */
export function traefikFile(mirrors: readonly Mirror[], options: TraefikFileOptions): TraefikConfiguration {
  const { harborUrl, entryPoint, certResolver, shieldUrl } = options;
  const tls = certResolver === undefined ? {} : { certResolver };
  const parts = mirrors.map((mirror): TraefikHttp => {
    const service = mirror.shield ? 'shield' : SERVICE_OF[mirror.way];
    const url = mirror.shield ? (shieldUrl ?? harborUrl) : harborUrl;
    return {
      services: { [service]: serviceOf(url, service !== 'harbor') },
      ...traefikMirror(mirror, { entryPoint, service, tls }).http,
    };
  });
  const joined = <Key extends keyof TraefikHttp>(key: Key): TraefikHttp[Key] =>
    Object.fromEntries(parts.flatMap((part) => Object.entries(part[key] ?? {}))) as TraefikHttp[Key];
  return { http: { routers: joined('routers')!, middlewares: joined('middlewares')!, services: joined('services')! } };
}

const SERVICE_OF = { 'token-redirect': 'harbor-as-mirror', robot: 'harbor' } as const;

/** For a token the host must stay the mirror's, because Harbor builds the realm from it. A robot needs none. */
function serviceOf(url: string, passHostHeader: boolean): TraefikService {
  return { loadBalancer: { servers: [{ url }], passHostHeader } };
}
