/** What Harbor's adapter of a registry type asks of an endpoint (harbor.md 2.4). */
export interface RegistryType {
  /** In the default of PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE. */
  readonly proxies: boolean;
  /** Filled in where no URL is declared. */
  readonly defaultUrl?: string;
  readonly url?: {
    readonly pattern: RegExp;
    readonly expected: string;
    /** `error` where another URL cannot work at all. */
    readonly severity: 'error' | 'warning';
    readonly hint: string;
  };
  /** Harbor's health check fails without an account. */
  readonly needsCredential?: boolean;
}

const USE_DOCKER_REGISTRY = 'for any other registry declare type: docker-registry';

export const REGISTRY_TYPES: Readonly<Record<string, RegistryType>> = {
  'docker-hub': {
    proxies: true,
    defaultUrl: 'https://hub.docker.com',
    url: {
      pattern: /^https:\/\/hub\.docker\.com$/,
      expected: 'https://hub.docker.com',
      severity: 'error',
      hint: `Harbor pulls from registry-1.docker.io whatever the URL says; ${USE_DOCKER_REGISTRY}`,
    },
  },
  'docker-registry': { proxies: true },
  harbor: { proxies: true },
  'github-ghcr': {
    proxies: true,
    defaultUrl: 'https://ghcr.io',
    url: {
      pattern: /^https:\/\/ghcr\.io$/,
      expected: 'https://ghcr.io',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
  },
  'google-gcr': {
    proxies: true,
    needsCredential: true,
    url: {
      pattern: /^https:\/\/(us\.|eu\.|asia\.)?gcr\.io$/,
      expected: 'https://gcr.io, https://us.gcr.io, https://eu.gcr.io or https://asia.gcr.io',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
  },
  'aws-ecr': {
    proxies: true,
    url: {
      pattern: /^https:\/\/(api|\d+\.dkr)\.ecr\.[\w-]+\.amazonaws\.com(\.cn)?$/,
      expected: 'https://api.ecr.<region>.amazonaws.com or https://<account>.dkr.ecr.<region>.amazonaws.com',
      severity: 'error',
      hint: 'Harbor reads the region out of the URL and answers 500 where it cannot',
    },
  },
  'azure-acr': {
    proxies: true,
    url: {
      pattern: /^https:\/\/[a-z0-9-]+\.azurecr\.(io|cn|us|de)$/,
      expected: 'https://<name>.azurecr.io',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
  },
  'ali-acr': {
    proxies: true,
    url: {
      pattern: /^https:\/\/([\w-]+-)?registry(-vpc|-internal)?\.[\w-]+(\.cr)?\.aliyuncs\.com$/,
      expected: 'https://registry[-vpc|-internal].<region>.aliyuncs.com',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
  },
  'jfrog-artifactory': { proxies: true },
  // Since 2.14 the three below are in neither of Harbor's default lists; the adapters still exist.
  quay: { proxies: false },
  gitlab: { proxies: false },
  dtr: { proxies: false },
  'huawei-SWR': { proxies: false },
  'tencent-tcr': { proxies: false },
  'volcengine-cr': { proxies: false },
};

/** Undefined for a type that this version does not know: nothing is claimed about it. */
export function canProxy(type: string): boolean | undefined {
  return REGISTRY_TYPES[type]?.proxies;
}

const URL_PARTS = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/i;

/** As Harbor stores it: trimmed, no slash at the end, `http://` where no scheme is given, no query, host in lower case. */
export function normaliseUrl(url: string): string {
  const trimmed = url.trim().replace(/\/+$/, '');
  const [, scheme = '', host = '', path = ''] =
    URL_PARTS.exec(trimmed.includes('://') ? trimmed : `http://${trimmed}`) ?? [];
  return `${scheme.toLowerCase()}://${host.toLowerCase()}${path.replace(/\/+$/, '')}`;
}
