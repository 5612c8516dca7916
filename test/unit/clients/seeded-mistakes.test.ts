import { checkFiles, clients, type Client, type Facts, type FoundFile, type Options } from '../../../src/clients';
import { factsOf, foundFiles, inputFor } from './given';

/** One mistake in files that are right otherwise: what is written instead of what, and how it is named. */
interface Seed {
  readonly mistake: string;
  /** Part of the path of the file; default: the first file. */
  readonly in?: string;
  readonly from?: string | RegExp;
  readonly to?: string;
  readonly rename?: readonly [string | RegExp, string];
  readonly facts?: Partial<Facts>;
  readonly rule: string;
  /** Text of the line that the finding is at; absent: line 1. */
  readonly at?: string;
  readonly hint?: string;
}

interface Setup {
  readonly client: string;
  readonly options?: Options;
  readonly profile?: 'strict';
  readonly seeds: readonly Seed[];
}

const loopback: Partial<Facts> = { addressesOf: () => ['127.0.1.1'] };
const noCa: Partial<Facts> = { isReadable: () => false };

const certsD = (directory: string): Seed[] => [
  {
    mistake: 'no override_path',
    in: 'docker.io',
    from: '  override_path = true\n',
    to: '',
    rule: 'override-path',
    at: '[host."https://harbor.corp.test/v2/proxy.docker.io"]',
    hint: 'override_path = true',
  },
  {
    mistake: 'override_path = false',
    in: 'ghcr.io',
    from: 'override_path = true',
    to: 'override_path = false',
    rule: 'override-path',
    at: 'override_path = false',
  },
  {
    mistake: 'override_path as text',
    in: 'ghcr.io',
    from: 'override_path = true',
    to: 'override_path = "true"',
    rule: 'wrong-type',
    at: 'override_path',
  },
  {
    mistake: 'a misspelt key',
    in: 'docker.io',
    from: 'override_path',
    to: 'overide_path',
    rule: 'unknown-key',
    at: 'overide_path',
    hint: 'did you mean "override_path"?',
  },
  {
    mistake: 'hosts for host',
    in: 'docker.io',
    from: '[host.',
    to: '[hosts.',
    rule: 'unknown-key',
    at: '[hosts.',
    hint: 'did you mean "host"?',
  },
  {
    mistake: 'no /v2',
    in: 'docker.io',
    from: '/v2/proxy.docker.io',
    to: '/proxy.docker.io',
    rule: 'portal',
    at: '/proxy.docker.io"]',
    hint: 'https://harbor.corp.test/v2/proxy.docker.io',
  },
  { mistake: '/v2 twice', in: 'docker.io', from: '/v2/proxy', to: '/v2/v2/proxy', rule: 'doubled-v2', at: '/v2/v2/' },
  { mistake: 'no project', in: 'quay.io', from: '/v2/proxy.quay.io', to: '/v2', rule: 'no-project', at: '/v2"]' },
  {
    mistake: 'library behind the project',
    in: 'docker.io',
    from: 'proxy.docker.io"]',
    to: 'proxy.docker.io/library"]',
    rule: 'extra-path',
    at: '/library',
  },
  {
    mistake: 'the project of another registry',
    in: 'quay.io',
    from: 'v2/proxy.quay.io',
    to: 'v2/proxy.ghcr.io',
    rule: 'wrong-project',
    at: 'proxy.ghcr.io',
  },
  {
    mistake: 'a misspelt project',
    in: 'quay.io',
    from: 'v2/proxy.quay.io',
    to: 'v2/proxy-quay.io',
    rule: 'unknown-project',
    at: 'proxy-quay.io',
    hint: 'proxy.quay.io',
  },
  {
    mistake: 'a misspelt host',
    in: 'quay.io',
    from: 'https://harbor.corp',
    to: 'https://habor.corp',
    rule: 'wrong-host',
    at: 'habor',
    hint: 'harbor.corp.test',
  },
  {
    mistake: 'another port',
    in: 'quay.io',
    from: 'harbor.corp.test/',
    to: 'harbor.corp.test:8443/',
    rule: 'wrong-host',
    at: ':8443',
  },
  {
    mistake: 'plain HTTP',
    in: 'quay.io',
    from: 'https://harbor',
    to: 'http://harbor',
    rule: 'plain-http',
    at: 'http://harbor',
  },
  { mistake: 'no scheme', in: 'quay.io', from: '"https://harbor', to: '"harbor', rule: 'no-scheme', at: '"harbor' },
  {
    mistake: 'TOML without a quote',
    in: 'docker.io',
    from: '"resolve"]',
    to: '"resolve]',
    rule: 'toml-syntax',
    at: 'capabilities',
  },
  {
    mistake: 'TOML without a bracket',
    in: 'docker.io',
    from: 'proxy.docker.io"]',
    to: 'proxy.docker.io"',
    rule: 'toml-syntax',
    at: '[host.',
  },
  {
    mistake: 'a table twice',
    in: 'docker.io',
    from: /$/,
    to: '[host."https://harbor.corp.test/v2/proxy.docker.io"]\n',
    rule: 'toml-syntax',
    at: '[host.',
  },
  {
    mistake: 'an unknown capability',
    in: 'docker.io',
    from: '"pull", "resolve"',
    to: '"pull", "resolv"',
    rule: 'capabilities',
    at: 'resolv',
  },
  {
    mistake: 'pull alone',
    in: 'docker.io',
    from: '"pull", "resolve"',
    to: '"pull"',
    rule: 'capabilities',
    at: 'capabilities',
  },
  {
    mistake: 'resolve alone',
    in: 'docker.io',
    from: '"pull", "resolve"',
    to: '"resolve"',
    rule: 'capabilities',
    at: 'capabilities',
  },
  {
    mistake: 'capabilities as text',
    in: 'docker.io',
    from: '["pull", "resolve"]',
    to: '"pull"',
    rule: 'wrong-type',
    at: 'capabilities',
  },
  {
    mistake: 'an authority that is not there',
    in: 'docker.io/hosts.toml',
    from: '"ca.crt"',
    to: '"missing.crt"',
    facts: noCa,
    rule: 'unreadable-ca',
    at: 'missing.crt',
  },
  {
    mistake: 'an authority that is no PEM',
    in: 'docker.io/ca.crt',
    from: /[\s\S]*/,
    to: 'der',
    rule: 'unreadable-ca',
    at: 'ca = ',
  },
  { mistake: 'a host that is this machine', in: 'docker.io', facts: loopback, rule: 'loopback', at: '[host.' },
  {
    mistake: 'a directory that no image names',
    rename: ['/docker.io/', '/registry-1.docker.io/'],
    rule: 'never-matched',
    hint: 'docker.io',
  },
  {
    mistake: 'a file of another name',
    in: 'docker.io/hosts.toml',
    rename: ['hosts.toml', 'host.toml'],
    rule: 'ignored-file',
    hint: 'hosts.toml',
  },
  { mistake: 'a registry without a directory', rename: [/.*\/quay\.io\/.*/, '/elsewhere'], rule: 'registry-missing' },
  { mistake: 'one directory for all', rename: ['/docker.io/', '/_default/'], rule: 'wildcard', at: '[host.' },
  {
    mistake: 'the public registry as a host',
    in: 'ghcr.io',
    from: 'https://harbor.corp.test/v2/proxy.ghcr.io',
    to: 'https://ghcr.io',
    rule: 'not-the-cache',
    at: '[host."https://ghcr.io"]',
  },
  {
    mistake: 'the website of Docker Hub',
    in: 'docker.io',
    from: 'registry-1.docker.io',
    to: 'docker.io',
    rule: 'wrong-server',
    at: 'server',
  },
  {
    mistake: 'no verification',
    in: 'docker.io',
    from: '  ca =',
    to: '  skip_verify = true\n  ca =',
    rule: 'tls-unverified',
    at: 'skip_verify',
  },
  {
    mistake: 'a login that is not encoded',
    in: ':5000/hosts',
    from: /"Basic [^"]*"/,
    to: '"Basic robot$nodes:secret"',
    rule: 'bad-login',
    at: 'Authorization',
  },
  {
    mistake: `a header misspelt in ${directory}`,
    in: ':5000/hosts',
    from: '.header]',
    to: '.headers]',
    rule: 'unknown-key',
    at: '.headers]',
  },
];

const strictCertsD: Seed[] = [
  {
    mistake: 'strict, without an empty [host]',
    in: 'docker.io',
    from: '\n[host]\n',
    to: '',
    facts: { version: '1.7.27' },
    rule: 'no-host-table',
  },
  {
    mistake: 'strict, with a fallback',
    in: 'docker.io',
    from: 'server = "https://harbor.corp.test/v2/proxy.docker.io"',
    to: 'server = "https://registry-1.docker.io"',
    rule: 'not-strict',
    at: 'server',
  },
  { mistake: 'strict, without a server', in: 'docker.io', from: /^server.*\n/m, to: '', rule: 'not-strict' },
  {
    mistake: 'strict, without override_path',
    in: 'docker.io',
    from: 'override_path = true\n',
    to: '',
    rule: 'override-path',
    at: 'server',
  },
];

const registriesConf: Seed[] = [
  {
    mistake: 'a scheme',
    from: 'location = "harbor.corp.test/proxy.quay.io"',
    to: 'location = "https://harbor.corp.test/proxy.quay.io"',
    rule: 'scheme',
    at: 'https://',
  },
  { mistake: '/v2', from: 'test/proxy.quay.io', to: 'test/v2/proxy.quay.io', rule: 'doubled-v2', at: '/v2/' },
  {
    mistake: 'no project',
    from: 'harbor.corp.test/proxy.quay.io',
    to: 'harbor.corp.test',
    rule: 'no-project',
    at: '"harbor.corp.test"',
  },
  {
    mistake: 'the project of another registry',
    from: 'test/proxy.quay.io',
    to: 'test/proxy.ghcr.io',
    rule: 'wrong-project',
    at: 'test/proxy.ghcr.io',
  },
  {
    mistake: 'a misspelt project',
    from: 'test/proxy.quay.io',
    to: 'test/proxy.qay.io',
    rule: 'unknown-project',
    at: 'proxy.qay.io',
    hint: 'proxy.quay.io',
  },
  {
    mistake: 'a misspelt host',
    from: 'harbor.corp.test/proxy.quay.io',
    to: 'harbour.corp.test/proxy.quay.io',
    rule: 'wrong-host',
    at: 'harbour',
  },
  {
    mistake: 'a misspelt key',
    from: 'location = "harbor.corp.test/proxy.quay.io"',
    to: 'url = "harbor.corp.test/proxy.quay.io"',
    rule: 'unknown-key',
    at: 'url',
  },
  {
    mistake: 'mirrors for mirror',
    from: '[[registry.mirror]]',
    to: '[[registry.mirrors]]',
    rule: 'unknown-key',
    at: 'mirrors',
    hint: 'did you mean "mirror"?',
  },
  {
    mistake: 'single brackets',
    from: /\[\[registry\]\]\nprefix = "docker.io"[\s\S]*/,
    to: '[registry]\nprefix = "docker.io"\nlocation = "docker.io"\n',
    rule: 'wrong-type',
    at: '[registry]',
  },
  {
    mistake: 'TOML without a quote',
    from: '"harbor.corp.test/proxy.quay.io"',
    to: '"harbor.corp.test/proxy.quay.io',
    rule: 'toml-syntax',
    at: 'proxy.quay.io',
  },
  {
    mistake: 'digests alone',
    from: 'location = "quay.io"',
    to: 'location = "quay.io"\nmirror-by-digest-only = true',
    rule: 'digest-only',
    at: 'mirror-by-digest-only',
  },
  {
    mistake: 'digests alone, of one mirror',
    from: 'location = "harbor.corp.test/proxy.quay.io"',
    to: 'location = "harbor.corp.test/proxy.quay.io"\npull-from-mirror = "digest-only"',
    rule: 'digest-only',
    at: 'pull-from-mirror',
  },
  {
    mistake: 'a wildcard for everything',
    from: 'prefix = "quay.io"',
    to: 'prefix = "*.io"',
    rule: 'wildcard',
    at: '*.io',
  },
  {
    mistake: 'a wildcard in the middle',
    from: 'prefix = "quay.io"',
    to: 'prefix = "quay.*"',
    rule: 'wildcard',
    at: 'quay.*',
  },
  {
    mistake: 'a prefix with a scheme',
    from: 'prefix = "quay.io"',
    to: 'prefix = "https://quay.io"',
    rule: 'scheme',
    at: 'https://quay.io',
  },
  {
    mistake: 'another name of Docker Hub',
    from: 'prefix = "docker.io"',
    to: 'prefix = "registry-1.docker.io"',
    rule: 'never-matched',
    at: 'registry-1',
  },
  {
    mistake: 'an official image without library',
    from: 'prefix = "docker.io"',
    to: 'prefix = "docker.io/nginx"',
    rule: 'never-matched',
    at: 'docker.io/nginx',
  },
  {
    mistake: 'an entry twice',
    from: /$/,
    to: '[[registry]]\nprefix = "quay.io"\nlocation = "quay.io"\n',
    rule: 'shadowed',
    at: 'prefix = "quay.io"',
  },
  {
    mistake: 'a longer prefix that bypasses',
    from: /$/,
    to: '[[registry]]\nprefix = "docker.io/library"\nlocation = "docker.io/library"\n',
    rule: 'shadowed',
    at: 'docker.io/library',
  },
  {
    mistake: 'blocked, without a mirror',
    from: /prefix = "quay.io"\nlocation = "quay.io"\n\[\[registry.mirror\]\]\nlocation = .*/,
    to: 'prefix = "quay.io"\nlocation = "quay.io"\nblocked = true',
    rule: 'blocked',
    at: 'blocked',
  },
  {
    mistake: 'no mirror',
    from: /\[\[registry.mirror\]\]\nlocation = "harbor.corp.test\/proxy.quay.io"/,
    to: '',
    rule: 'not-the-cache',
    at: 'prefix = "quay.io"',
  },
  {
    mistake: 'version 1 of the format',
    from: /$/,
    to: '[registries.search]\nregistries = ["docker.io"]\n',
    rule: 'old-format',
    at: '[registries.search]',
  },
  {
    mistake: 'a file that does not end in .conf',
    in: '50-',
    rename: ['50-breakwater.conf', '50-breakwater.toml'],
    rule: 'ignored-file',
  },
  {
    mistake: 'no verification',
    from: 'location = "harbor.corp.test/proxy.quay.io"',
    to: 'location = "harbor.corp.test/proxy.quay.io"\ninsecure = true',
    rule: 'tls-unverified',
    at: 'insecure',
  },
  { mistake: 'an authority with another ending', in: 'certs.d', rename: ['ca.crt', 'ca.pem'], rule: 'ignored-file' },
  {
    mistake: 'an authority for another port',
    in: 'certs.d',
    rename: ['harbor.corp.test', 'harbor.corp.test:443'],
    rule: 'ca-elsewhere',
  },
  { mistake: 'a host that is this machine', facts: loopback, rule: 'loopback', at: 'harbor.corp.test' },
];

const REST_OF_CERTS = [
  {
    mistake: 'an authority that is a key',
    from: /[\s\S]*/,
    to: '-----BEGIN PRIVATE KEY-----\n',
    rule: 'unreadable-ca',
  },
  { mistake: 'an authority that is empty', from: /[\s\S]*/, to: '', rule: 'unreadable-ca' },
] as const;

const registriesYaml: Seed[] = [
  { mistake: 'no /v2', from: 'test/v2/proxy.quay.io', to: 'test/proxy.quay.io', rule: 'portal', at: 'proxy.quay.io' },
  {
    mistake: 'no project',
    from: 'test/v2/proxy.quay.io',
    to: 'test',
    rule: 'no-project',
    at: '- https://harbor.corp.test',
  },
  { mistake: '/v2 alone', from: 'test/v2/proxy.quay.io', to: 'test/v2', rule: 'no-project', at: '/v2' },
  {
    mistake: 'endpoints for endpoint',
    from: 'endpoint:',
    to: 'endpoints:',
    rule: 'unknown-key',
    at: 'endpoints:',
    hint: 'did you mean "endpoint"?',
  },
  { mistake: 'mirror for mirrors', from: 'mirrors:', to: 'mirror:', rule: 'unknown-key', at: 'mirror:' },
  {
    mistake: 'an endpoint that is no list',
    from: /quay.io:\n {4}endpoint:\n {6}- /,
    to: 'quay.io:\n    endpoint: ',
    rule: 'wrong-type',
    at: 'endpoint: https',
  },
  { mistake: 'a tab', from: '  quay.io:', to: '\tquay.io:', rule: 'yaml-syntax', at: 'quay.io' },
  {
    mistake: 'another name of Docker Hub',
    from: '  docker.io:',
    to: '  index.docker.io:',
    rule: 'never-matched',
    at: 'index.docker.io',
  },
  {
    mistake: 'a scheme before the registry',
    from: '  quay.io:',
    to: '  https://quay.io:',
    rule: 'never-matched',
    at: 'https://quay.io',
  },
  {
    mistake: 'path and rewrite',
    from: /(quay.io:\n {4}endpoint:\n {6}- .*\n)/,
    to: '$1    rewrite:\n      "^(.*)$$": "proxy.quay.io/$$1"\n',
    rule: 'rewrite',
    at: 'v2/proxy.quay.io',
  },
  {
    mistake: 'a rewrite that refers to nothing',
    from: /(quay.io:\n {4}endpoint:\n {6}- https:\/\/harbor.corp.test).*\n/,
    to: '$1\n    rewrite:\n      "^(.*)$$": "proxy.quay.io/\\\\\\\\1"\n',
    rule: 'rewrite',
    at: '^(.*)$',
  },
  {
    mistake: 'a rewrite into another project',
    from: /(quay.io:\n {4}endpoint:\n {6}- https:\/\/harbor.corp.test).*\n/,
    to: '$1\n    rewrite:\n      "^(.*)$$": "proxy.ghcr.io/$$1"\n',
    rule: 'wrong-project',
    at: '^(.*)$',
  },
  {
    mistake: 'a login for another host',
    from: '  harbor.corp.test:',
    to: '  https://harbor.corp.test:',
    rule: 'never-matched',
    at: 'https://harbor.corp.test:',
  },
  {
    mistake: 'an authority that is not there',
    from: /ca_file: .*/,
    to: 'ca_file: /missing.crt',
    facts: noCa,
    rule: 'unreadable-ca',
    at: 'ca_file',
  },
  {
    mistake: 'no verification',
    from: /ca_file: .*/,
    to: 'insecure_skip_verify: true',
    rule: 'tls-unverified',
    at: 'insecure_skip_verify',
  },
  { mistake: 'one entry for all', from: '  docker.io:', to: '  "*":', rule: 'wildcard', at: '"*":' },
  {
    mistake: 'a registry without an entry',
    from: / {2}quay.io:\n {4}endpoint:\n.*\n/,
    to: '',
    rule: 'registry-missing',
  },
  { mistake: 'a file of another name', in: 'registries.yaml', rename: ['.yaml', '.yml'], rule: 'ignored-file' },
  { mistake: 'a login without a password', from: / {6}password: .*\n/, to: '', rule: 'bad-login', at: 'username' },
  { mistake: 'a host that is this machine', facts: loopback, rule: 'loopback', at: 'harbor.corp.test' },
];

const strictYaml: Seed[] = [
  {
    mistake: 'strict, without the flag',
    in: 'config.yaml.d',
    from: /disable.*/,
    to: 'debug: true',
    rule: 'not-strict',
  },
  {
    mistake: 'strict, with a misspelt flag',
    in: 'config.yaml.d',
    from: 'endpoint',
    to: 'endpoints',
    rule: 'not-strict',
    at: 'disable-default-registry-endpoints',
  },
  {
    mistake: 'strict, with the flag off',
    in: 'config.yaml.d',
    from: 'true',
    to: 'false',
    rule: 'not-strict',
    at: 'false',
  },
  {
    mistake: 'strict, with an entry that keeps the default',
    in: 'registries.yaml',
    from: 'configs:\n',
    to: 'configs:\n  docker.io:\n    tls:\n      insecure_skip_verify: false\n',
    rule: 'not-strict',
    at: '  docker.io:',
  },
];

const talos: Seed[] = [
  { mistake: 'no overridePath', from: '    overridePath: true\n', to: '', rule: 'override-path', at: 'url:' },
  {
    mistake: 'no /v2',
    from: 'test/v2/proxy.docker.io',
    to: 'test/proxy.docker.io',
    rule: 'portal',
    at: 'test/proxy.docker.io',
  },
  {
    mistake: 'no scheme',
    from: 'url: https://harbor.corp.test/v2/proxy.ghcr.io',
    to: 'url: harbor.corp.test/v2/proxy.ghcr.io',
    rule: 'no-scheme',
    at: 'url: harbor',
  },
  {
    mistake: 'a misspelt key',
    from: 'overridePath',
    to: 'override_path',
    rule: 'unknown-key',
    at: 'override_path',
    hint: 'did you mean "overridePath"?',
  },
  {
    mistake: 'a misspelt kind',
    from: 'kind: RegistryMirrorConfig',
    to: 'kind: RegistryMirrorsConfig',
    rule: 'unknown-kind',
    at: 'RegistryMirrorsConfig',
  },
  {
    mistake: 'another apiVersion',
    from: 'apiVersion: v1alpha1',
    to: 'apiVersion: v1',
    rule: 'wrong-value',
    at: 'apiVersion: v1',
  },
  {
    mistake: 'endpoints as texts',
    from: '  - url: https://harbor.corp.test/v2/proxy.docker.io\n    overridePath: true',
    to: '  - https://harbor.corp.test/v2/proxy.docker.io',
    rule: 'wrong-type',
    at: 'proxy.docker.io',
  },
  {
    mistake: 'another name of Docker Hub',
    from: 'name: docker.io',
    to: 'name: registry-1.docker.io',
    rule: 'never-matched',
    at: 'registry-1',
  },
  {
    mistake: 'a login by URL',
    from: 'kind: RegistryAuthConfig\nname: harbor.corp.test',
    to: 'kind: RegistryAuthConfig\nname: https://harbor.corp.test',
    rule: 'never-matched',
    at: 'name: https',
  },
  {
    mistake: 'no project',
    from: 'test/v2/proxy.docker.io',
    to: 'test',
    rule: 'no-project',
    at: 'url: https://harbor.corp.test',
  },
  { mistake: 'a host that is this machine', facts: loopback, rule: 'loopback', at: 'url:' },
];

const buildkit: Seed[] = [
  {
    mistake: 'a table without quotes',
    from: '[registry."docker.io"]',
    to: '[registry.docker.io]',
    rule: 'unquoted-table',
    at: '[registry.docker.io]',
    hint: '[registry."docker.io"]',
  },
  {
    mistake: '/v2',
    from: '"harbor.corp.test/proxy.docker.io"',
    to: '"harbor.corp.test/v2/proxy.docker.io"',
    rule: 'doubled-v2',
    at: '/v2/',
  },
  {
    mistake: 'a scheme',
    from: '"harbor.corp.test/proxy.docker.io"',
    to: '"https://harbor.corp.test/proxy.docker.io"',
    rule: 'scheme',
    at: 'https://',
  },
  {
    mistake: 'a mirror that is no list',
    from: '["harbor.corp.test/proxy.docker.io"]',
    to: '"harbor.corp.test/proxy.docker.io"',
    rule: 'wrong-type',
    at: 'mirrors',
  },
  {
    mistake: 'mirror for mirrors',
    from: 'mirrors',
    to: 'mirror',
    rule: 'unknown-key',
    at: 'mirror =',
    hint: 'did you mean "mirrors"?',
  },
  {
    mistake: 'registries for registry',
    from: '[registry."ghcr.io"]',
    to: '[registries."ghcr.io"]',
    rule: 'unknown-key',
    at: '[registries',
  },
  {
    mistake: 'no project',
    from: '"harbor.corp.test/proxy.docker.io"',
    to: '"harbor.corp.test"',
    rule: 'no-project',
    at: '"harbor.corp.test"',
  },
  {
    mistake: 'the authority under the mirrored name',
    from: /(proxy.docker.io"\]\n)([\s\S]*)\[registry."harbor.corp.test"\]\n.*\n/,
    to: '$1  ca = ["/etc/buildkit/breakwater-ca.crt"]\n$2',
    rule: 'misplaced-tls',
    at: 'ca =',
    hint: 'harbor.corp.test',
  },
  {
    mistake: 'an authority that is not there',
    from: '/etc/buildkit/breakwater-ca.crt',
    to: '/missing.crt',
    facts: noCa,
    rule: 'unreadable-ca',
    at: 'ca =',
  },
  {
    mistake: 'another name of Docker Hub',
    from: '"docker.io"',
    to: '"index.docker.io"',
    rule: 'never-matched',
    at: 'index.docker.io',
  },
  { mistake: 'plain HTTP', from: /$/, to: '  http = true\n', rule: 'plain-http', at: 'http = true' },
  {
    mistake: 'TOML without a bracket',
    from: '["harbor.corp.test/proxy.docker.io"]',
    to: '["harbor.corp.test/proxy.docker.io"',
    rule: 'toml-syntax',
    at: 'proxy.docker.io',
  },
  { mistake: 'a host that is this machine', facts: loopback, rule: 'loopback', at: 'mirrors' },
];

const SETUPS: readonly Setup[] = [
  {
    client: 'dockerd',
    seeds: [
      {
        mistake: 'no scheme',
        from: 'https://hub',
        to: 'hub',
        rule: 'no-scheme',
        at: 'hub.corp.test',
        hint: 'https://hub.corp.test',
      },
      {
        mistake: 'registry-mirror',
        from: 'registry-mirrors',
        to: 'registry-mirror',
        rule: 'unknown-key',
        at: 'registry-mirror',
        hint: 'did you mean "registry-mirrors"?',
      },
      {
        mistake: 'a text for the list',
        from: /\[[^\]]*\]/,
        to: '"https://hub.corp.test"',
        rule: 'wrong-type',
        at: 'registry-mirrors',
      },
      { mistake: 'a comma too many', from: 'test"\n', to: 'test",\n', rule: 'json-syntax', at: ']' },
      { mistake: 'a comment', from: '{\n', to: '{\n  // mirrors\n', rule: 'json-syntax', at: '// mirrors' },
      {
        mistake: 'a path before 24.0.8',
        from: 'hub.corp.test',
        to: 'harbor.corp.test/mirror/proxy.docker.io',
        facts: { version: '24.0.7' },
        rule: 'mirror-path',
        at: '/mirror/',
      },
      {
        mistake: '/v2',
        from: 'hub.corp.test',
        to: 'harbor.corp.test/v2/proxy.docker.io',
        rule: 'doubled-v2',
        at: '/v2/',
      },
      {
        mistake: 'Harbor itself',
        from: 'hub.corp.test',
        to: 'harbor.corp.test',
        rule: 'no-project',
        at: 'harbor.corp.test',
      },
      {
        mistake: 'the project behind Harbor',
        from: 'hub.corp.test',
        to: 'harbor.corp.test/proxy.docker.io',
        rule: 'portal',
        at: 'proxy.docker.io',
      },
      {
        mistake: 'a mirror of another registry',
        from: 'hub.corp.test',
        to: 'harbor.corp.test/mirror/proxy.quay.io',
        facts: { version: '28.5.2' },
        rule: 'wrong-project',
        at: 'proxy.quay.io',
      },
      {
        mistake: 'Docker Hub itself',
        from: 'hub.corp.test',
        to: 'registry-1.docker.io',
        rule: 'not-the-cache',
        at: 'registry-1',
      },
      {
        mistake: 'a misspelt domain',
        from: 'hub.corp.test',
        to: 'hub.crop.test',
        rule: 'wrong-host',
        at: 'hub.crop.test',
      },
      { mistake: 'no mirror', from: /\[[^\]]*\]/, to: '[]', rule: 'not-the-cache', at: 'registry-mirrors' },
      { mistake: 'a query', from: 'hub.corp.test', to: 'hub.corp.test/?x=1', rule: 'bad-url', at: '?x=1' },
      {
        mistake: 'no verification',
        from: '[\n',
        to: '[],\n  "insecure-registries": ["hub.corp.test"],\n  "labels": [\n',
        rule: 'not-the-cache',
        at: 'registry-mirrors',
      },
      {
        mistake: 'a mirror that is not verified',
        from: '\n}',
        to: ',\n  "insecure-registries": ["hub.corp.test"]\n}',
        rule: 'tls-unverified',
        at: 'insecure-registries',
      },
      {
        mistake: 'an authority with another ending',
        in: 'certs.d/hub',
        rename: ['ca.crt', 'ca.pem'],
        rule: 'ignored-file',
      },
      { mistake: 'a domain that is this machine', facts: loopback, rule: 'loopback', at: 'hub.corp.test' },
    ],
  },
  { client: 'dockerd', options: { store: 'containerd' }, seeds: certsD('/etc/docker/certs.d') },
  { client: 'dockerd', options: { store: 'containerd' }, profile: 'strict', seeds: strictCertsD },
  {
    client: 'containerd',
    seeds: [
      ...certsD('/etc/containerd/certs.d'),
      {
        mistake: 'another directory in config_path',
        in: 'config.toml',
        from: 'certs.d"',
        to: 'cert.d"',
        rule: 'config-path',
        at: 'config_path',
      },
      {
        mistake: 'the plugin of containerd 1',
        in: 'config.toml',
        from: 'io.containerd.cri.v1.images',
        to: 'io.containerd.grpc.v1.cri',
        rule: 'config-version',
        at: '[plugins',
      },
      {
        mistake: 'version 2 with the plugin of containerd 2',
        in: 'config.toml',
        from: 'version = 3',
        to: 'version = 2',
        rule: 'config-version',
        at: '[plugins',
      },
      {
        mistake: 'a plugin without quotes',
        in: 'config.toml',
        from: '"io.containerd.cri.v1.images"',
        to: 'io.containerd.cri.v1.images',
        rule: 'unquoted-table',
        at: '[plugins',
      },
      {
        mistake: 'mirrors beside config_path',
        in: 'config.toml',
        from: /$/,
        to: '[plugins."io.containerd.cri.v1.images".registry.mirrors."docker.io"]\nendpoint = ["https://harbor.corp.test"]\n',
        rule: 'old-and-new',
        at: 'mirrors',
      },
      {
        mistake: 'a misspelt config_path',
        in: 'config.toml',
        from: /config_path =/,
        to: 'config_dir =',
        rule: 'unknown-key',
        at: 'config_dir',
      },
      {
        mistake: 'the CRI plugin disabled',
        in: 'config.toml',
        from: 'version = 3',
        to: 'disabled_plugins = ["cri"]\nversion = 3',
        rule: 'cri-disabled',
        at: 'disabled_plugins',
      },
      {
        mistake: 'version 3 under containerd 1',
        in: 'config.toml',
        facts: { version: '1.7.27' },
        rule: 'config-version',
        at: 'version = 3',
      },
    ],
  },
  { client: 'containerd', profile: 'strict', seeds: strictCertsD },
  { client: 'podman', seeds: registriesConf },
  { client: 'skopeo', seeds: REST_OF_CERTS.map((seed) => ({ ...seed, in: '/etc/containers/certs.d/' })) },
  { client: 'dockerd', seeds: REST_OF_CERTS.map((seed) => ({ ...seed, in: '/etc/docker/certs.d/hub' })) },
  {
    client: 'dockerd',
    seeds: [
      {
        mistake: 'a feature as text',
        from: '\n}',
        to: ',\n  "features": { "containerd-snapshotter": "true" }\n}',
        rule: 'wrong-type',
        at: 'features',
      },
    ],
  },
  { client: 'cri-o', seeds: registriesConf },
  {
    client: 'podman',
    profile: 'strict',
    seeds: [
      {
        mistake: 'strict, with the registry as location',
        from: 'location = "harbor.corp.test/proxy.quay.io"',
        to: 'location = "quay.io"\n[[registry.mirror]]\nlocation = "harbor.corp.test/proxy.quay.io"',
        rule: 'not-strict',
        at: 'prefix = "quay.io"',
      },
    ],
  },
  { client: 'k3s', seeds: registriesYaml },
  { client: 'rke2', seeds: registriesYaml },
  { client: 'k3s', profile: 'strict', seeds: strictYaml },
  { client: 'talos', seeds: talos },
  {
    client: 'talos',
    profile: 'strict',
    seeds: [
      {
        mistake: 'strict, without skipFallback',
        from: 'skipFallback: true\n',
        to: '',
        rule: 'not-strict',
        at: 'name: docker.io',
      },
    ],
  },
  {
    client: 'talos',
    options: { format: 'machine' },
    seeds: [
      { mistake: 'no overridePath', from: /^ +overridePath: true\n/m, to: '', rule: 'override-path', at: '- https' },
      { mistake: 'a misspelt section', from: 'registries:', to: 'registry:', rule: 'unknown-key', at: 'registry:' },
      { mistake: 'endpoint for endpoints', from: 'endpoints:', to: 'endpoint:', rule: 'unknown-key', at: 'endpoint:' },
      {
        mistake: 'a login by URL',
        from: '      harbor.corp.test:',
        to: '      https://harbor.corp.test:',
        rule: 'never-matched',
        at: 'https://harbor.corp.test:',
      },
    ],
  },
  { client: 'buildkit', seeds: buildkit },
  { client: 'buildx', seeds: buildkit },
  {
    client: 'kaniko',
    seeds: [
      {
        mistake: 'docker.io for index.docker.io',
        from: 'index.docker.io=',
        to: 'docker.io=',
        rule: 'never-matched',
        at: '--registry-map=docker.io',
        hint: 'index.docker.io',
      },
      { mistake: 'a scheme', from: 'ghcr.io=harbor', to: 'ghcr.io=https://harbor', rule: 'scheme', at: 'https://' },
      {
        mistake: '/v2',
        from: 'ghcr.io=harbor.corp.test/',
        to: 'ghcr.io=harbor.corp.test/v2/',
        rule: 'doubled-v2',
        at: '/v2/',
      },
      {
        mistake: 'no project',
        from: 'ghcr.io=harbor.corp.test/proxy.ghcr.io',
        to: 'ghcr.io=harbor.corp.test',
        rule: 'no-project',
        at: 'ghcr.io=harbor',
      },
      {
        mistake: 'the project of another registry',
        from: 'corp.test/proxy.ghcr.io',
        to: 'corp.test/proxy.quay.io',
        rule: 'wrong-project',
        at: 'ghcr.io=',
      },
      {
        mistake: 'a misspelt flag',
        from: '--registry-map=ghcr',
        to: '--registries-map=ghcr',
        rule: 'unknown-flag',
        at: '--registries-map',
      },
      {
        mistake: 'no verification',
        from: '- --registry-certificate',
        to: '- --skip-tls-verify-pull\n        - --registry-certificate',
        rule: 'tls-unverified',
        at: '--skip-tls',
      },
      {
        mistake: 'the authority of another host',
        from: 'certificate=harbor',
        to: 'certificate=hub',
        rule: 'wrong-host',
        at: '--registry-certificate',
      },
      {
        mistake: 'a registry without a map',
        from: /^.*quay.io=.*\n/m,
        to: '',
        rule: 'registry-missing',
        at: '--registry-map=index.docker.io',
      },
    ],
  },
  {
    client: 'kaniko',
    profile: 'strict',
    seeds: [
      {
        mistake: 'strict, without the flag',
        from: /^.*--skip-default.*\n/m,
        to: '',
        rule: 'not-strict',
        at: '--registry-map',
      },
    ],
  },
  {
    client: 'kubelet',
    seeds: [
      {
        mistake: 'the mirror alone',
        from: '      - registry.corp.test:5000\n',
        to: '',
        rule: 'registry-missing',
        at: 'harbor.corp.test',
      },
      {
        mistake: 'a scheme',
        from: '- registry.corp.test:5000',
        to: '- https://registry.corp.test:5000',
        rule: 'never-matched',
        at: 'https://',
      },
      {
        mistake: 'a glob in the path',
        from: '- harbor.corp.test',
        to: '- harbor.corp.test/*',
        rule: 'never-matched',
        at: '/*',
      },
      {
        mistake: 'the version of the wrong group',
        from: 'apiVersion: credentialprovider.kubelet.k8s.io/v1',
        to: 'apiVersion: kubelet.config.k8s.io/v1',
        rule: 'wrong-value',
        at: '    apiVersion',
      },
      {
        mistake: 'no duration',
        from: /^.*defaultCacheDuration.*\n/m,
        to: '',
        rule: 'wrong-value',
        at: 'name: breakwater',
      },
      {
        mistake: 'a duration without a unit',
        from: '10m',
        to: '"10"',
        rule: 'wrong-value',
        at: 'defaultCacheDuration',
      },
      { mistake: 'a misspelt key', from: 'matchImages', to: 'matchImage', rule: 'unknown-key', at: 'matchImage:' },
      {
        mistake: 'a path for a name',
        from: 'name: breakwater',
        to: 'name: /usr/local/bin/breakwater',
        rule: 'wrong-value',
        at: 'name: /usr',
      },
    ],
  },
  {
    client: 'gitlab-runner',
    options: { executor: 'dind' },
    seeds: [
      { mistake: 'a mirror without a scheme', from: '"https://hub', to: '"hub', rule: 'no-scheme', at: 'command' },
      {
        mistake: 'a misspelt flag',
        from: '"--registry-mirror"',
        to: '"--registry-mirrors"',
        rule: 'unknown-flag',
        at: 'command',
      },
      {
        mistake: 'flag and value in one',
        from: '"--registry-mirror", ',
        to: '"--registry-mirror https://hub.corp.test", ',
        rule: 'one-argument',
        at: 'command',
      },
      {
        mistake: 'a command that is no list',
        from: /command = .*/,
        to: 'command = "--registry-mirror"',
        rule: 'wrong-type',
        at: 'command',
      },
      {
        mistake: 'Harbor itself',
        from: 'https://hub.corp.test"',
        to: 'https://harbor.corp.test"',
        rule: 'no-project',
        at: 'command',
      },
      {
        mistake: 'an authority for another host',
        from: 'certs.d/hub.corp.test',
        to: 'certs.d/hub.corp.test:443',
        rule: 'ca-elsewhere',
        at: 'volumes',
      },
      {
        mistake: 'single brackets',
        from: '[[runners.docker.services]]',
        to: '[runners.docker.services]',
        rule: 'wrong-type',
        at: '[runners.docker.services]',
      },
    ],
  },
];

const cases = SETUPS.flatMap((setup) =>
  setup.seeds.map(
    (seed) =>
      [
        `${setup.client} ${Object.values(setup.options ?? {})
          .map(String)
          .join(' ')}${setup.profile ?? ''}: ${seed.mistake}`,
        setup,
        seed,
      ] as const,
  ),
);

describe('a seeded mistake is named, at its line', () => {
  it.each(cases)('%s', (_name, setup, seed) => {
    const { client, files, facts } = rendered(setup);
    const target = seed.in ?? '';
    const index = files.findIndex(({ path }) => path.includes(target));
    const broken = files.map((file, i): FoundFile => {
      const changed = i === index && seed.from !== undefined ? changedText(file, seed.from, seed.to ?? '') : file;
      return seed.rename && file.path.includes(target)
        ? { ...changed, path: changed.path.replace(...seed.rename) }
        : changed;
    });
    const findings = checkFiles(client, broken, { ...facts, ...seed.facts });
    const named = findings.filter(({ rule }) => rule === seed.rule);
    expect(named.length === 0 ? findings : named).toContainEqual(expect.objectContaining({ rule: seed.rule }));
    const text = (at: { file: string; line: number } | undefined): string =>
      broken.find(({ path }) => path === at?.file)?.content?.split('\n')[(at?.line ?? 0) - 1] ?? '';
    if (seed.at !== undefined) expect(named.map(({ at }) => text(at)).join('\n')).toContain(seed.at);
    if (seed.hint !== undefined) expect(named.map(({ hint }) => hint).join('\n')).toContain(seed.hint);
  });

  it('is tried with at least six for each of nine clients', () => {
    const counts = new Map<string, number>();
    for (const { client, seeds } of SETUPS) counts.set(client, (counts.get(client) ?? 0) + seeds.length);
    expect([...counts.values()].filter((count) => count >= 6).length).toBeGreaterThanOrEqual(9);
  });
});

describe('what is rendered', () => {
  it.each(
    SETUPS.map(
      (setup) => [`${setup.client} ${JSON.stringify(setup.options ?? {})} ${setup.profile ?? ''}`, setup] as const,
    ),
  )('%s raises no alarm', (_name, setup) => {
    const { client, files, facts } = rendered(setup);
    expect(checkFiles(client, files, facts)).toEqual([]);
  });
});

function rendered({ client: name, options = {}, profile = undefined }: Setup): {
  client: Client;
  files: FoundFile[];
  facts: Facts;
} {
  const client = clients.find((one) => one.name === name)!;
  const input = inputFor(client, { options, ...(profile && { profile }) });
  return { client, files: foundFiles(client.render(input).files), facts: factsOf(input) };
}

function changedText(file: FoundFile, from: string | RegExp, to: string): FoundFile {
  const content = file.content!.replace(from, to);
  if (content === file.content) throw new Error(`${String(from)} is not in ${file.path}`);
  return { ...file, content };
}
