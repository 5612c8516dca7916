import { isBefore } from '../../release';
import { CLOUD_REGISTRY_TYPES } from './cloud-registry-types';
import { USE_DOCKER_REGISTRY, type RegistryType } from './registry-type';

/** Shown in the reference: any pair of user and password may be right here. */
const ANY_ACCOUNT = { access_key: 'user name', access_secret: 'password or token' };

/** Docker Hub, other registries that anyone may run, and three types that Harbor no longer offers. */
const OTHER_REGISTRY_TYPES: Readonly<Record<string, RegistryType>> = {
  'docker-hub': {
    title: 'Docker Hub',
    proxies: true,
    defaultUrl: 'https://hub.docker.com',
    url: {
      pattern: /^https:\/\/hub\.docker\.com$/,
      expected: 'https://hub.docker.com',
      severity: 'error',
      hint: `Harbor always pulls from registry-1.docker.io for this type; ${USE_DOCKER_REGISTRY}`,
    },
    account: {
      access_key: 'Docker ID, or the name of an organization',
      access_secret: 'access token',
      key: {
        pattern: /^[^@]*$/,
        severity: 'warning',
        hint: 'Docker Hub issues tokens for a Docker ID, not for an e-mail address',
      },
    },
  },
  'docker-registry': {
    title: 'Docker Registry',
    proxies: true,
    url: {
      expected: 'the base URL of any registry: https://registry.example.com',
      severity: 'warning',
      hint: 'the part before /v2/',
      mistakes: [
        {
          pattern: /^https?:\/\/(?:(?:www|hub|index)\.)?docker\.(?:com|io)(?:\/|$)/,
          hint: 'use type: docker-hub for Docker Hub (the registry itself is https://registry-1.docker.io)',
        },
      ],
    },
    account: ANY_ACCOUNT,
  },
  harbor: {
    title: 'Harbor',
    proxies: true,
    url: {
      pattern: /^https?:\/\/[^/]+$/,
      expected: 'the base URL of the other Harbor: https://harbor.example.com',
      severity: 'warning',
      hint: 'without /harbor, /api or a project after the host',
    },
    account: {
      access_key: 'user, or a robot by its full name (robot$name)',
      access_secret: "password, or the robot's",
    },
  },
  'github-ghcr': {
    title: 'GitHub Container Registry',
    proxies: true,
    defaultUrl: 'https://ghcr.io',
    url: {
      pattern: /^https:\/\/ghcr\.io$/,
      expected: 'https://ghcr.io',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
    account: { access_key: 'GitHub user', access_secret: 'classic personal access token with read:packages' },
  },
  'jfrog-artifactory': {
    title: 'JFrog Artifactory',
    proxies: true,
    url: {
      expected: 'https://<name>.jfrog.io, or the base URL of your own Artifactory',
      severity: 'warning',
      hint: 'the part before /artifactory',
      mistakes: [{ pattern: /\/artifactory(?:\/|$)/, hint: 'Harbor adds /artifactory/api by itself: leave it out' }],
    },
    account: { access_key: 'user name', access_secret: 'password, API key or identity token' },
  },
  // Since 2.14 Harbor's default lists have neither this one nor the two below; the adapters still exist.
  quay: {
    title: 'Quay',
    proxies: false,
    proxiesUntil: '2.14',
    until: '2.14',
    url: {
      expected: 'https://quay.io, or the base URL of your own Quay',
      severity: 'warning',
      hint: 'the part before /v2/ or /repository',
      mistakes: [{ pattern: /\/(?:repository|organization|api)(?:\/|$)/, hint: 'the part before that path' }],
    },
    account: {
      access_key: 'json_file',
      access_secret: '{"account_name": …, "docker_cli_password": …, "oauth2_token": …} as JSON',
      key: {
        pattern: /^json_file$/,
        severity: 'warning',
        hint: 'access_secret must be JSON with account_name and docker_cli_password, and access_key json_file: Harbor returns 500 otherwise. With user and password use type: docker-registry',
      },
    },
  },
  gitlab: {
    title: 'GitLab Container Registry',
    proxies: false,
    until: '2.14',
    url: {
      expected: 'the URL of the container registry: https://registry.gitlab.com',
      severity: 'warning',
      hint: 'not the address of the web page, which Harbor finds by itself',
      mistakes: [{ pattern: /^https?:\/\/(?:www\.)?gitlab\.com(?:\/|$)/, hint: 'url: https://registry.gitlab.com' }],
    },
    account: {
      access_key: 'user name',
      access_secret: 'personal access token with read_api and read_registry',
      needed: {
        severity: 'warning',
        why: 'Harbor lists the projects of the account; without an account there are none',
        hint: 'add credential, or use type: docker-registry for public images',
      },
      readBlindly: true,
    },
  },
  dtr: {
    title: 'Docker Trusted Registry',
    proxies: false,
    until: '2.14',
    url: {
      expected: 'the base URL: https://dtr.example.com',
      severity: 'warning',
      hint: 'the part before /api or /v2/',
      mistakes: [{ pattern: /\/api(?:\/|$)/, hint: 'Harbor adds /api/v0 by itself: leave it out' }],
    },
    account: {
      access_key: 'user name',
      access_secret: 'password or access token',
      needed: {
        severity: 'warning',
        why: 'Harbor lists repositories with the API of the registry, which requires an account',
        hint: 'add credential',
      },
      readBlindly: true,
    },
  },
};

/**
 * Every adapter of Harbor 2.13 to 2.16, with the names of `GET /replication/adapters`. Harbor 2.8 removed `helm-hub`
 * and `artifact-hub`: charts are now OCI artifacts in a `docker-registry`.
 */
export const REGISTRY_TYPES: Readonly<Record<string, RegistryType>> = {
  ...OTHER_REGISTRY_TYPES,
  ...CLOUD_REGISTRY_TYPES,
};

/** `type=quay` and so on, with the version that removed them from its lists. */
export const typesUntil: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(REGISTRY_TYPES).flatMap(([type, { until }]) => (until === undefined ? [] : [[`type=${type}`, until]])),
);

/** A note in an export: this project works, but could not be recreated, because Harbor refuses a new one of the type. */
export function noteOnProxying(type: string | undefined): string | undefined {
  if (type === undefined || canProxy(type) !== false) return undefined;
  const until = REGISTRY_TYPES[type]?.proxiesUntil;
  const since = until === undefined ? 'Harbor makes' : `Harbor ${until} and later make`;
  return `${since} no new proxy cache of type ${type}; this one keeps working.`;
}

/**
 * Whether the installer's default whitelist has it (docs/harbor-behavior.md 4.5). Undefined for an unknown type, about
 * which nothing is claimed: an administrator may have extended the list.
 *
 *      type     harborVersion     result
 *      quay     2.13.2            true
 *      quay     2.14.0            false
 *      quay     unknown           false
 *      mine     any               undefined
 * @param harborVersion if known; otherwise the newest counts
 */
export function canProxy(type: string, harborVersion?: string): boolean | undefined {
  const known = REGISTRY_TYPES[type];
  if (known?.proxiesUntil === undefined || harborVersion === undefined) return known?.proxies;
  return isBefore(harborVersion, known.proxiesUntil);
}
