import { checkFiles, clients, type Facts, type FoundFile } from '../../../src/clients';
import { given, PEM } from './given';

const facts: Facts = { harborUrl: given.harborUrl, upstreams: given.upstreams.slice(0, 1) };
const all: Facts = { harborUrl: given.harborUrl, upstreams: given.upstreams };
const certsD = (registry: string, content: string): FoundFile => ({
  path: `/etc/containerd/certs.d/${registry}/hosts.toml`,
  content,
});
const hub = certsD(
  'docker.io',
  'server = "https://registry-1.docker.io"\n[host."https://harbor.corp.test/v2/proxy.docker.io"]\ncapabilities = ["pull", "resolve"]\noverride_path = true\n',
);

/** Set-ups that people write in their own way, and that work. */
const RIGHT: readonly (readonly [client: string, what: string, files: readonly FoundFile[], facts: Facts])[] = [
  [
    'containerd',
    'a second cache behind Harbor, an authority elsewhere, a timeout',
    [
      certsD(
        'docker.io',
        `${hub.content}ca = ["/etc/ssl/harbor.pem"]\ndial_timeout = "1s"\n[host."https://other.corp.test/v2/hub"]\noverride_path = true\n`,
      ),
      { path: '/etc/ssl/harbor.pem', content: PEM },
    ],
    facts,
  ],
  [
    'containerd',
    'a registry of one’s own with its authority, and one without TLS',
    [
      hub,
      certsD('internal.corp.test', '[host."https://internal.corp.test"]\n  ca = "ca.crt"\n'),
      certsD('lab:5000', 'server = "http://lab:5000"\n[host."http://lab:5000"]\n  skip_verify = true\n'),
    ],
    facts,
  ],
  [
    'containerd',
    'the server alone, with a slash at the end',
    [certsD('docker.io', 'server = "https://harbor.corp.test/v2/proxy.docker.io/"\noverride_path = true\n')],
    { ...facts, profile: 'strict', version: '2.1.0' },
  ],
  [
    'containerd',
    'a mirror domain',
    [certsD('docker.io', '[host."https://hub.corp.test"]\n  capabilities = ["pull", "resolve"]\n')],
    facts,
  ],
  [
    'containerd',
    'version 2 of the configuration with logins of registries',
    [
      hub,
      {
        path: '/etc/containerd/config.toml',
        content:
          'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "registry.k8s.io/pause:3.9"\n[plugins."io.containerd.grpc.v1.cri".registry]\n  config_path = "/etc/containerd/certs.d:/etc/docker/certs.d"\n[plugins."io.containerd.grpc.v1.cri".registry.configs."x.test".auth]\n  username = "u"\n',
      },
    ],
    { ...facts, version: '1.7.27' },
  ],
  [
    'dockerd',
    'two mirrors, and everything else of a daemon',
    [
      {
        path: '/etc/docker/daemon.json',
        content: JSON.stringify({
          'registry-mirrors': ['https://hub.corp.test/', 'https://mirror.gcr.io'],
          'insecure-registries': ['10.0.0.0/8', 'lab:5000'],
          'log-driver': 'json-file',
          'log-opts': { 'max-size': '10m' },
          'exec-opts': ['native.cgroupdriver=systemd'],
          features: { buildkit: true },
          'data-root': '/data',
        }),
      },
    ],
    { ...all, version: '20.10.24' },
  ],
  [
    'dockerd',
    'a mirror with a path',
    [
      {
        path: '/etc/docker/daemon.json',
        content: '{"registry-mirrors": ["https://harbor.corp.test/mirror/proxy.docker.io"]}',
      },
    ],
    { ...all, version: '24.0.8' },
  ],
  [
    'dockerd',
    'a daemon of 25.0',
    [
      {
        path: '/etc/docker/daemon.json',
        content: '{"registry-mirrors": ["https://harbor.corp.test/mirror/proxy.docker.io"]}',
      },
    ],
    { ...all, version: '25.0.3' },
  ],
  [
    'podman',
    'mirrors and blocked: strict in the second way',
    [
      {
        path: '/etc/containers/registries.conf',
        content:
          'unqualified-search-registries = ["docker.io"]\nshort-name-mode = "permissive"\n[[registry]]\nlocation = "docker.io"\nblocked = true\n[[registry.mirror]]\nlocation = "harbor.corp.test/proxy.docker.io"\n',
      },
      {
        path: '/etc/containers/registries.conf.d/000-shortnames.conf',
        content: '[aliases]\n"alpine" = "docker.io/library/alpine"\n',
      },
    ],
    { ...facts, profile: 'strict' },
  ],
  [
    'podman',
    'a part of a registry, with its path, and other images elsewhere',
    [
      {
        path: '/etc/containers/registries.conf.d/cache.conf',
        content:
          '[[registry]]\nprefix = "docker.io"\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "harbor.corp.test/proxy.docker.io"\npull-from-mirror = "all"\n[[registry]]\nprefix = "docker.io/library"\nlocation = "harbor.corp.test/proxy.docker.io/library"\n[[registry]]\nprefix = "docker.io/acme"\nlocation = "internal.corp.test/acme"\n[[registry]]\nprefix = "*.lab.test"\ninsecure = true\n[[registry]]\nlocation = "gcr.io"\n[[registry.mirror]]\nlocation = "mirror.gcr.io"\n',
      },
    ],
    facts,
  ],
  [
    'k3s',
    'the host with a rewrite, the public registry behind it, other registries',
    [
      {
        path: '/etc/rancher/k3s/registries.yaml',
        content:
          'mirrors:\n  docker.io:\n    endpoint:\n      - "https://harbor.corp.test"\n      - "https://registry-1.docker.io"\n    rewrite:\n      "^(.*)$": "proxy.docker.io/$1"\n  "*":\n  internal.corp.test:5000:\n    endpoint: ["http://internal.corp.test:5000"]\nconfigs:\n  "harbor.corp.test":\n    auth: { username: robot, password: x }\n  "unrelated.example:5000":\n    tls: { insecure_skip_verify: false }\n',
      },
    ],
    facts,
  ],
  [
    'talos',
    'the public registry as a second endpoint, among other documents',
    [
      {
        path: 'patch.yaml',
        content:
          'machine:\n  type: worker\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nhostname: w1\n---\napiVersion: v1alpha1\nkind: RegistryMirrorConfig\nname: docker.io\nendpoints:\n  - url: https://harbor.corp.test/v2/proxy.docker.io\n    overridePath: true\n  - url: https://registry-1.docker.io\n',
      },
    ],
    facts,
  ],
  [
    'buildkit',
    'workers, an authority of Harbor, other registries',
    [
      {
        path: '/etc/buildkit/buildkitd.toml',
        content:
          'debug = true\ninsecure-entitlements = ["network.host"]\n[worker.oci]\n  gc = true\n  [[worker.oci.gcpolicy]]\n    keepDuration = "48h"\n[registry."docker.io"]\n  mirrors = ["harbor.corp.test/proxy.docker.io", "mirror.gcr.io"]\n[registry."harbor.corp.test"]\n  ca = ["/etc/ssl/harbor.pem"]\n  [[registry."harbor.corp.test".keypair]]\n    key = "/k.pem"\n    cert = "/c.pem"\n[registry."lab:5000"]\n  http = true\n  insecure = true\n',
      },
    ],
    facts,
  ],
  [
    'kaniko',
    'a mirror for Docker Hub, values as arguments of their own, in a job',
    [
      {
        path: 'job.yaml',
        content:
          'kind: Job\nspec:\n  template:\n    spec:\n      containers:\n        - name: kaniko\n          args:\n            - "--context=git://example"\n            - "--registry-mirror"\n            - "harbor.corp.test/proxy.docker.io"\n            - "--destination=x/y:1"\n        - name: other\n          args: ["--verbose"]\n',
      },
    ],
    facts,
  ],
  [
    'kubelet',
    'another provider next to it, and globs',
    [
      {
        path: '/etc/kubernetes/credential-provider.yaml',
        content:
          'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: CredentialProviderConfig\nproviders:\n  - name: ecr-credential-provider\n    matchImages: ["*.dkr.ecr.*.amazonaws.com"]\n    defaultCacheDuration: "12h"\n    apiVersion: credentialprovider.kubelet.k8s.io/v1\n    env: [{ name: AWS_PROFILE, value: x }]\n  - name: own\n    matchImages: ["*.corp.test:5000", "docker.io/acme"]\n    defaultCacheDuration: 1h30m\n    apiVersion: credentialprovider.kubelet.k8s.io/v1\n',
      },
    ],
    all,
  ],
  [
    'containerd',
    'a mirror on the node itself before the cache, where peers share what they have',
    [
      certsD(
        'docker.io',
        'server = "https://registry-1.docker.io"\n[host."http://127.0.0.1:30020"]\n  capabilities = ["pull", "resolve"]\n  dial_timeout = "200ms"\n[host."https://harbor.corp.test/v2/proxy.docker.io"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n',
      ),
    ],
    facts,
  ],
  [
    'containerd',
    'a private project whose login comes from pull secrets, where no robot is declared',
    [
      certsD(
        'registry.corp.test:5000',
        'server = "https://registry.corp.test:5000"\n[host."https://harbor.corp.test/v2/inner"]\n  override_path = true\n',
      ),
    ],
    { ...facts, upstreams: given.upstreams.slice(3) },
  ],
  [
    'podman',
    'logins of several registries, and a helper that is installed',
    [
      {
        path: '/etc/containers/registries.conf',
        content:
          'credential-helpers = ["containers-auth.json", "pass"]\n[[registry]]\nlocation = "docker.io"\n[[registry.mirror]]\nlocation = "harbor.corp.test/proxy.docker.io"\n[aliases]\n"tool" = "registry.corp.test:5000/team/tool"\n',
      },
      {
        path: '/etc/containers/auth.json',
        mode: 0o600,
        content: JSON.stringify({
          auths: { 'https://harbor.corp.test': { auth: 'dTpw' }, 'quay.io/team': { auth: 'dTpw' }, 'ghcr.io': {} },
          credHelpers: { 'public.ecr.aws': 'ecr-login' },
        }),
      },
    ],
    { ...facts, isReadable: (path) => path.startsWith('/usr/bin/') },
  ],
  [
    'kaniko',
    'the authority of the registry that is pushed to, and another mirror behind the cache',
    [
      {
        path: 'pod.yaml',
        content:
          'kind: Pod\nspec:\n  containers:\n    - name: kaniko\n      args:\n        - --registry-mirror=harbor.corp.test/proxy.docker.io\n        - --registry-mirror=mirror.gcr.io\n        - --registry-certificate=harbor.corp.test=/certs/ca.crt\n        - --registry-certificate=push.corp.test=/certs/push.crt\n      volumeMounts:\n        - { name: certs, mountPath: /certs/ }\n        - { name: login, mountPath: /login/.docker }\n      env:\n        - { name: DOCKER_CONFIG, value: /login/.docker }\n',
      },
    ],
    facts,
  ],
  [
    'gitlab-runner',
    'docker:dind whose daemon.json is mounted, and the other keys of an executor',
    [
      {
        path: '/etc/gitlab-runner/config.toml',
        mode: 0o644,
        content:
          'concurrent = 4\n[[runners]]\n  name = "r"\n  [runners.docker]\n    image = "alpine"\n    volumes = ["/srv/daemon.json:/etc/docker/daemon.json:ro", "/etc/docker/certs.d:/etc/docker/certs.d:ro"]\n    volumes_from = ["storage"]\n    volume_driver = "local"\n    helper_image_flavor = "alpine"\n    pull_policy = ["if-not-present"]\n    [[runners.docker.services]]\n      name = "docker:28-dind"\n',
      },
    ],
    all,
  ],
  [
    'kubelet',
    'programs of other providers next to the rendered one',
    [
      {
        path: '/etc/kubernetes/credential-provider.yaml',
        content:
          'apiVersion: kubelet.config.k8s.io/v1\nkind: CredentialProviderConfig\nproviders:\n  - name: ecr-credential-provider\n    matchImages: ["*.dkr.ecr.*.amazonaws.com", "registry.corp.test:5000"]\n    defaultCacheDuration: 12h\n    apiVersion: credentialprovider.kubelet.k8s.io/v1\n',
      },
      { path: '/usr/local/lib/kubelet-credential-providers/ecr-credential-provider', mode: 0o755 },
    ],
    all,
  ],
];

it.each(RIGHT)('%s: %s', (name, _what, files, known) => {
  const client = clients.find((one) => one.name === name)!;
  expect(checkFiles(client, files, known)).toEqual([]);
});
