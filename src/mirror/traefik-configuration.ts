/** The part of Traefik v3's dynamic configuration (file provider) that is written here, with Traefik's own names. */
export interface TraefikConfiguration {
  readonly http?: TraefikHttp;
  readonly tls?: TraefikTls;
}

/** By name: routers refer to middlewares and services by theirs. */
export interface TraefikHttp {
  readonly routers?: Readonly<Record<string, TraefikRouter>>;
  readonly middlewares?: Readonly<Record<string, TraefikMiddleware>>;
  readonly services?: Readonly<Record<string, TraefikService>>;
}

/** With an absent priority the longest rule wins. */
export interface TraefikRouter {
  readonly entryPoints: readonly string[];
  readonly rule: string;
  readonly priority?: number;
  readonly middlewares?: readonly string[];
  readonly service: string;
  readonly tls?: TraefikRouterTls;
}

/** An empty one switches TLS on with the certificate that Traefik chooses for the name. */
export interface TraefikRouterTls {
  readonly certResolver?: string;
}

/** One key each: Traefik allows one type of middleware per name. */
export type TraefikMiddleware =
  | { readonly redirectScheme: { readonly scheme: 'https'; readonly permanent: boolean } }
  | { readonly redirectRegex: { readonly regex: string; readonly replacement: string } }
  | { readonly replacePathRegex: { readonly regex: string; readonly replacement: string } }
  | { readonly ipAllowList: TraefikIpAllowList }
  | { readonly headers: TraefikHeaders };

/** Networks in CIDR notation; every other client gets 403. */
export interface TraefikIpAllowList {
  readonly sourceRange: readonly string[];
  /** The client is the last address of X-Forwarded-For that is not in this list; default: the connection's address. */
  readonly ipStrategy?: { readonly excludedIPs: readonly string[] };
}

/** Applied to requests to Harbor, and to its responses. */
export interface TraefikHeaders {
  /** An empty value removes the header. */
  readonly customRequestHeaders?: Readonly<Record<string, string>>;
  readonly customResponseHeaders?: Readonly<Record<string, string>>;
  readonly stsSeconds?: number;
}

/** Harbor, or the shield in front of it: one server each. */
export interface TraefikService {
  readonly loadBalancer: {
    readonly servers: readonly { readonly url: string }[];
    /** Default: true. */
    readonly passHostHeader?: boolean;
  };
}

/** Certificates by the names in them; the default one is for clients that ask for another name, or for none. */
export interface TraefikTls {
  readonly certificates?: readonly TraefikCertificate[];
  readonly options?: Readonly<Record<string, TraefikTlsOptions>>;
  readonly stores?: Readonly<Record<string, { readonly defaultCertificate: TraefikCertificate }>>;
}

/** For every router that does not name other options. */
export interface TraefikTlsOptions {
  readonly minVersion: 'VersionTLS12' | 'VersionTLS13';
  readonly cipherSuites?: readonly string[];
  readonly clientAuth?: {
    readonly caFiles: readonly string[];
    readonly clientAuthType: 'RequireAndVerifyClientCert' | 'VerifyClientCertIfGiven';
  };
}

/** Paths inside of Traefik's container. */
export interface TraefikCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}
