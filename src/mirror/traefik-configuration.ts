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

export interface TraefikIpAllowList {
  readonly sourceRange: readonly string[];
  /** The client is the last address of X-Forwarded-For that is not in this list; default: the connection's address. */
  readonly ipStrategy?: { readonly excludedIPs: readonly string[] };
}

export interface TraefikHeaders {
  /** An empty value removes the header. */
  readonly customRequestHeaders?: Readonly<Record<string, string>>;
  readonly customResponseHeaders?: Readonly<Record<string, string>>;
  readonly stsSeconds?: number;
}

export interface TraefikService {
  readonly loadBalancer: {
    readonly servers: readonly { readonly url: string }[];
    /** Default: true. */
    readonly passHostHeader?: boolean;
  };
}

export interface TraefikTls {
  readonly certificates?: readonly TraefikCertificate[];
  readonly options?: Readonly<Record<string, TraefikTlsOptions>>;
  readonly stores?: Readonly<Record<string, { readonly defaultCertificate: TraefikCertificate }>>;
}

export interface TraefikTlsOptions {
  readonly minVersion: 'VersionTLS12' | 'VersionTLS13';
  readonly cipherSuites?: readonly string[];
  readonly clientAuth?: {
    readonly caFiles: readonly string[];
    readonly clientAuthType: 'RequireAndVerifyClientCert' | 'VerifyClientCertIfGiven';
  };
}

export interface TraefikCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}
