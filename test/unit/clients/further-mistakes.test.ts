import type { Facts } from '../../../src/clients';
import { describeSeeds, type Seed } from './seeded';

const gone: Partial<Facts> = { isReadable: () => false };
const declaredRobot: Partial<Facts> = { expectsLogin: true };

const hostsToml: Seed[] = [
  {
    mistake: 'a directory named by a URL',
    rename: ['/docker.io/', '/https:docker.io/'],
    rule: 'never-matched',
    hint: 'docker.io',
  },
  {
    mistake: 'a directory in another case',
    rename: ['/quay.io/', '/Quay.io/'],
    rule: 'never-matched',
    hint: 'quay.io',
  },
  {
    mistake: 'a port with one underscore',
    rename: ['/registry.corp.test:5000/', '/registry.corp.test_5000/'],
    rule: 'never-matched',
  },
  {
    mistake: 'the server of another registry',
    in: 'docker.io/hosts',
    from: 'https://registry-1.docker.io',
    to: 'https://quay.io',
    rule: 'wrong-registry',
    at: 'server',
  },
  {
    mistake: 'the server by plain HTTP',
    in: 'docker.io/hosts',
    from: 'https://registry-1.docker.io',
    to: 'http://registry-1.docker.io',
    rule: 'plain-http',
    at: 'server',
  },
  {
    mistake: 'another mirror before the cache',
    in: 'docker.io/hosts',
    from: '[host.',
    to: '[host."https://mirror.gcr.io"]\n[host.',
    rule: 'not-first',
    at: 'mirror.gcr.io',
  },
  {
    mistake: 'a timeout without a unit',
    in: 'docker.io/hosts',
    from: '  override_path',
    to: '  dial_timeout = "1"\n  override_path',
    rule: 'wrong-value',
    at: 'dial_timeout',
  },
  {
    mistake: 'a header that is not Authorization',
    in: ':5000/hosts',
    from: 'Authorization',
    to: 'Authorisation',
    facts: declaredRobot,
    rule: 'no-login',
    at: '[host.',
    hint: '--with-secrets',
  },
];

const containersImage: Seed[] = [
  {
    mistake: 'the location of another registry',
    in: '50-',
    from: 'location = "quay.io"',
    to: 'location = "ghcr.io"',
    rule: 'wrong-registry',
    at: 'location = "ghcr.io"',
  },
  {
    mistake: 'another mirror before the cache',
    in: '50-',
    from: /(prefix = "quay.io"\nlocation = "quay.io"\n)/,
    to: '$1[[registry.mirror]]\nlocation = "mirror.example.net/quay"\n',
    rule: 'not-first',
    at: 'mirror.example.net',
  },
  {
    mistake: 'a port that the directory of the authority does not have',
    in: '50-',
    from: 'harbor.corp.test/proxy.quay.io',
    to: 'harbor.corp.test:443/proxy.quay.io',
    rule: 'ca-elsewhere',
    at: ':443',
  },
  {
    mistake: 'an alias with a scheme',
    in: '50-',
    from: /^/,
    to: '[aliases]\n"alpine" = "https://docker.io/library/alpine"\n',
    rule: 'bad-url',
    at: '"alpine"',
  },
  {
    mistake: 'a helper of credentials that is not installed',
    in: '50-',
    from: /^/,
    to: 'credential-helpers = ["secretservice"]\n',
    facts: gone,
    rule: 'no-helper',
    at: 'credential-helpers',
  },
  { mistake: 'an authority in capitals', in: 'certs.d', rename: ['ca.crt', 'ca.CRT'], rule: 'ignored-file' },
  {
    mistake: 'an authority for a misspelt host',
    in: 'certs.d',
    rename: ['harbor.corp', 'habor.corp'],
    rule: 'ca-elsewhere',
    hint: 'harbor.corp.test',
  },
  {
    mistake: 'an authority for a URL',
    in: 'certs.d',
    rename: ['/harbor.corp', '/https:harbor.corp'],
    rule: 'ca-elsewhere',
    hint: 'harbor.corp.test',
  },
  { mistake: 'a login with a comma too many', in: 'auth.json', from: /"\n/, to: '",\n', rule: 'json-syntax' },
  {
    mistake: 'a login that is not encoded',
    in: 'auth.json',
    from: /"auth": "[^"]*"/,
    to: '"auth": "robot$nodes:secret"',
    rule: 'bad-login',
    at: '"auth"',
  },
  {
    mistake: 'a login for another port',
    in: 'auth.json',
    from: '"harbor.corp.test"',
    to: '"harbor.corp.test:8443"',
    rule: 'never-matched',
    at: ':8443',
  },
];

const dockerd: Seed[] = [
  {
    mistake: 'another name of daemon.json',
    in: 'daemon',
    rename: ['daemon.json', 'deamon.json'],
    rule: 'ignored-file',
    hint: 'daemon.json',
  },
  {
    mistake: 'another mirror before the cache',
    in: 'daemon',
    from: '"https://hub.corp.test"',
    to: '"https://mirror.gcr.io",\n    "https://hub.corp.test"',
    rule: 'not-first',
    at: 'mirror.gcr.io',
  },
  {
    mistake: 'a scheme in insecure-registries',
    in: 'daemon',
    from: '\n}',
    to: ',\n  "insecure-registries": ["https://lab.corp.test"]\n}',
    rule: 'scheme',
    at: 'lab.corp.test',
  },
  {
    mistake: 'an authority for a URL',
    in: 'certs.d/hub',
    rename: ['certs.d/hub', 'certs.d/https:hub'],
    rule: 'ca-elsewhere',
    hint: 'hub.corp.test',
  },
  {
    mistake: 'an authority for a misspelt host',
    in: 'certs.d/hub',
    rename: ['certs.d/hub.', 'certs.d/hubb.'],
    rule: 'ca-elsewhere',
    hint: 'hub.corp.test',
  },
];

const registriesYaml: Seed[] = [
  { mistake: 'an empty file', in: 'registries', from: /[\s\S]*/, to: '', rule: 'registry-missing' },
  {
    mistake: 'the public registry before the cache',
    in: 'registries',
    from: '- https://harbor.corp.test/v2/proxy.quay.io',
    to: '- https://quay.io\n      - https://harbor.corp.test/v2/proxy.quay.io',
    rule: 'not-first',
    at: '- https://quay.io',
  },
  {
    mistake: 'the login under the name that is mirrored',
    in: 'registries',
    from: '  harbor.corp.test:\n',
    to: '  registry.corp.test:5000:\n',
    facts: declaredRobot,
    rule: 'no-login',
    at: 'registry.corp.test:5000',
  },
  {
    mistake: 'an entry in another case',
    in: 'registries',
    from: '  quay.io:',
    to: '  Quay.io:',
    rule: 'never-matched',
    at: 'Quay.io',
    hint: 'quay.io',
  },
];

const talos: Seed[] = [
  {
    mistake: 'two mirrors of one registry',
    from: 'name: ghcr.io',
    to: 'name: docker.io',
    rule: 'twice',
    at: 'docker.io',
  },
  {
    mistake: 'a path for the authority',
    from: /ca: \|[\s\S]*$/,
    to: 'ca: /etc/ssl/ca.crt\n',
    rule: 'unreadable-ca',
    at: 'ca:',
  },
  { mistake: 'a login without a password', from: /password: .*\n/, to: '', rule: 'bad-login', at: 'username' },
  {
    mistake: 'no verification',
    from: /ca: \|[\s\S]*$/,
    to: 'insecureSkipVerify: true\n',
    rule: 'tls-unverified',
    at: 'insecureSkipVerify',
  },
  {
    mistake: 'the login of another host',
    from: 'kind: RegistryAuthConfig\nname: harbor.corp.test',
    to: 'kind: RegistryAuthConfig\nname: docker.io',
    facts: declaredRobot,
    rule: 'no-login',
    at: 'registry.corp.test:5000',
  },
];

const buildkit: Seed[] = [
  { mistake: 'another name of the file', in: '.toml', rename: ['buildkitd', 'buildkit'], rule: 'ignored-file' },
  {
    mistake: 'a port that the table of Harbor does not have',
    from: '"harbor.corp.test/proxy.docker.io"',
    to: '"harbor.corp.test:443/proxy.docker.io"',
    rule: 'never-matched',
    at: ':443',
  },
  {
    mistake: 'another mirror before the cache',
    from: '["harbor.corp.test/proxy.docker.io"]',
    to: '["mirror.gcr.io", "harbor.corp.test/proxy.docker.io"]',
    rule: 'not-first',
    at: 'mirror.gcr.io',
  },
  {
    mistake: 'a mirror of another registry',
    from: '"harbor.corp.test/proxy.docker.io"',
    to: '"ghcr.io"',
    rule: 'wrong-registry',
    at: '"ghcr.io"',
  },
];

const kubelet: Seed[] = [
  {
    mistake: 'a program of another name',
    rename: ['providers/breakwater-credentials', 'providers/breakwater'],
    rule: 'no-helper',
    at: 'name: breakwater-credentials',
  },
  { mistake: 'a program without its first line', in: 'providers/', from: '#!/bin/sh\n', to: '', rule: 'no-helper' },
  {
    mistake: 'a login file that is not there',
    rename: ['/etc/kubernetes/breakwater-credentials.json', '/elsewhere'],
    facts: gone,
    rule: 'no-login',
    at: 'name: breakwater-credentials',
  },
  { mistake: 'a login with a comma too many', in: '.json', from: /\}\n$/, to: ',}\n', rule: 'json-syntax' },
  {
    mistake: 'a login of another version',
    in: '.json',
    from: 'k8s.io/v1"',
    to: 'k8s.io/v1beta1"',
    rule: 'wrong-value',
    at: 'apiVersion',
  },
  { mistake: 'a type of key in another case', in: '.json', from: '"Registry"', to: '"registry"', rule: 'wrong-value' },
  {
    mistake: 'a login by URL',
    in: '.json',
    from: '"registry.corp.test:5000"',
    to: '"https://registry.corp.test:5000"',
    rule: 'never-matched',
    at: 'https://',
  },
  { mistake: 'a misspelt password', in: '.json', from: '"password"', to: '"pasword"', rule: 'unknown-key' },
  {
    mistake: 'a provider twice',
    in: '.yaml',
    from: /( {2}- name: breakwater-credentials[\s\S]*)/,
    to: '$1$1',
    rule: 'twice',
    at: 'name: breakwater-credentials',
  },
  { mistake: 'an empty file', in: '.yaml', from: /[\s\S]*/, to: '', rule: 'no-provider' },
];

const kaniko: Seed[] = [
  {
    mistake: 'an authority that no volume has',
    from: '=/kaniko/breakwater/ca.crt',
    to: '=/certs/ca.crt',
    rule: 'unreadable-ca',
    at: '--registry-certificate',
  },
  {
    mistake: 'the login where Docker has it',
    from: 'mountPath: /kaniko/.docker',
    to: 'mountPath: /root/.docker',
    rule: 'ignored-file',
    at: '/root/.docker',
  },
  {
    mistake: 'arguments as one text',
    from: /args:\n[\s\S]*?\n {6}volumeMounts/,
    to: 'args: --registry-map=index.docker.io=harbor.corp.test/proxy.docker.io\n      volumeMounts',
    rule: 'wrong-type',
    at: 'args:',
  },
];

const dind: Seed[] = [
  {
    mistake: 'services one level too high',
    from: '[[runners.docker.services]]',
    to: '[[runners.services]]',
    rule: 'misplaced',
    at: '[[runners.services]]',
  },
  {
    mistake: 'no mirror',
    from: /^.*command = .*\n/m,
    to: '',
    rule: 'not-the-cache',
    at: 'name =',
    hint: 'hub.corp.test',
  },
  {
    mistake: 'an underscore in the flag',
    from: '"--registry-mirror"',
    to: '"--registry_mirror"',
    rule: 'unknown-flag',
    at: 'command',
  },
  {
    mistake: 'a flag without hyphens',
    from: '"--registry-mirror"',
    to: '"registry-mirror"',
    rule: 'unknown-flag',
    at: 'command',
  },
  {
    mistake: 'both sides of a volume swapped',
    from: /"([^":]*):(\/etc\/docker[^":]*):ro"/,
    to: '"$2:$1:ro"',
    rule: 'ca-elsewhere',
    at: 'volumes',
  },
];

const containerdConfig: Seed[] = [
  {
    mistake: 'config_path as a list',
    in: 'config.toml',
    from: /(config_path = )("[^"]*")/,
    to: '$1[$2]',
    rule: 'wrong-type',
    at: 'config_path = [',
  },
  { mistake: 'no version', in: 'config.toml', from: /^version.*\n/m, to: '', rule: 'config-version', at: '[plugins' },
  {
    mistake: 'the version as text',
    in: 'config.toml',
    from: 'version = 3',
    to: 'version = "3"',
    rule: 'config-version',
    at: 'version',
  },
  {
    mistake: 'the image plugin of containerd 2 disabled',
    in: 'config.toml',
    from: 'version = 3',
    to: 'disabled_plugins = ["io.containerd.cri.v1.images"]\nversion = 3',
    rule: 'cri-disabled',
    at: 'disabled_plugins',
  },
];

describeSeeds([
  { client: 'containerd', seeds: [...hostsToml, ...containerdConfig] },
  { client: 'dockerd', options: { store: 'containerd' }, seeds: hostsToml },
  {
    client: 'dockerd',
    options: { store: 'containerd' },
    seeds: [
      {
        mistake: 'a version without the containerd image store',
        facts: { version: '20.10.24' },
        rule: 'wrong-store',
        hint: 'mirror domain',
      },
    ],
  },
  { client: 'kind', seeds: hostsToml },
  { client: 'minikube', seeds: hostsToml },
  { client: 'dockerd', seeds: dockerd },
  {
    client: 'dockerd',
    options: { store: 'path' },
    seeds: [{ mistake: 'a misspelt path', from: '/mirror/', to: '/miror/', rule: 'portal', at: '/miror/' }],
  },
  { client: 'podman', seeds: containersImage },
  { client: 'cri-o', seeds: containersImage },
  { client: 'buildah', seeds: containersImage },
  { client: 'skopeo', seeds: containersImage },
  { client: 'k3s', seeds: registriesYaml },
  { client: 'rke2', seeds: registriesYaml },
  { client: 'talos', seeds: talos },
  {
    client: 'talos',
    options: { format: 'machine' },
    seeds: [
      { mistake: 'a path for the authority', from: /ca: .*/, to: 'ca: /etc/ca.crt', rule: 'unreadable-ca', at: 'ca:' },
    ],
  },
  { client: 'buildkit', seeds: buildkit },
  { client: 'buildx', seeds: buildkit },
  { client: 'kubelet', seeds: kubelet },
  { client: 'kaniko', seeds: kaniko },
  { client: 'gitlab-runner', options: { executor: 'dind' }, seeds: dind },
  {
    client: 'gitlab-runner',
    options: { executor: 'kubernetes' },
    seeds: [
      {
        mistake: 'a misspelt key among the keys that are not checked',
        from: 'image_pull_secrets',
        to: 'image_pull_secret',
        rule: 'unknown-key',
        at: 'image_pull_secret ',
        hint: 'image_pull_secrets',
      },
    ],
  },
]);
