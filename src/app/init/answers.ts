/** What `init` has to know before it can write files. */
export interface Answers {
  /** Harbor's URL, as clients reach it. */
  readonly url: string;
  readonly upstreams: readonly Upstream[];
  readonly ci: Ci;
}

/** Those for which the package has examples, and `none`. */
export const CI_SYSTEMS = ['github', 'gitlab', 'none'] as const;
/** `none` writes neither pipelines nor the robot that they use. */
export type Ci = (typeof CI_SYSTEMS)[number];

/** A public registry that is worth caching, as in the policies. */
export interface Upstream {
  /** Name of the registry in Harbor, and in `--upstream`. */
  readonly name: string;
  readonly type: string;
  readonly url: string;
  /** The proxy cache project for it. */
  readonly project: string;
  /** A small public image that will exist for long: pulling it verifies the project. */
  readonly image: string;
  /** Why it is declared as it is. */
  readonly note?: string;
}

/** In the order in which they are offered. Names here become names in Harbor. */
export const UPSTREAMS: readonly Upstream[] = [
  {
    name: 'docker-hub',
    type: 'docker-hub',
    url: 'https://hub.docker.com',
    project: 'proxy.docker.io',
    image: 'library/alpine:3.20',
    note: 'Without an account all users of this cache share the anonymous rate limit of one IP address.',
  },
  {
    name: 'ghcr',
    type: 'github-ghcr',
    url: 'https://ghcr.io',
    project: 'proxy.ghcr.io',
    image: 'stefanprodan/podinfo:6.7.1',
  },
  {
    name: 'quay',
    type: 'docker-registry',
    url: 'https://quay.io',
    project: 'proxy.quay.io',
    image: 'prometheus/node-exporter:v1.8.2',
    note: 'Not type quay: since Harbor 2.14 it cannot be used for a proxy cache.',
  },
  {
    name: 'gcr',
    type: 'docker-registry',
    url: 'https://gcr.io',
    project: 'proxy.gcr.io',
    image: 'distroless/static-debian12:nonroot',
    note: 'Not type google-gcr: without a service account Harbor marks it unhealthy.',
  },
  {
    name: 'registry.k8s.io',
    type: 'docker-registry',
    url: 'https://registry.k8s.io',
    project: 'proxy.registry.k8s.io',
    image: 'pause:3.10',
  },
  {
    name: 'mcr',
    type: 'docker-registry',
    url: 'https://mcr.microsoft.com',
    project: 'proxy.mcr.microsoft.com',
    image: 'dotnet/runtime-deps:8.0-alpine',
  },
];

/** Proposed at the prompt, and used without a terminal. */
export const DEFAULT_UPSTREAMS: readonly string[] = ['docker-hub', 'ghcr', 'quay', 'registry.k8s.io'];
