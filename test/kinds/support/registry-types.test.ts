import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../../../src/kinds/kind';
import { checkAccount, checkUrl } from '../../../src/kinds/support/registry-check';
import { canProxy, REGISTRY_TYPES } from '../../../src/kinds/support/registry-types';

const TYPES = Object.keys(REGISTRY_TYPES);
const RECORDINGS = join(__dirname, '../../fidelity/recordings');

interface Adapters {
  readonly version: string;
  readonly listed: readonly string[];
  /** Type and URL of every endpoint that Harbor's page offers. */
  readonly endpoints: readonly (readonly [type: string, url: string])[];
}

/** What real Harbors of several versions said of their adapters. */
function recordedAdapters(): Adapters[] {
  return readdirSync(RECORDINGS).flatMap((version) => {
    const folder = join(RECORDINGS, version);
    if (!readdirSync(folder).includes('registries__adapters.json')) return [];
    const { steps } = jest.requireActual(join(folder, 'registries__adapters.json'));
    const [listed, infos] = steps.map((step: { response: { body: unknown } }) => step.response.body) as [
      string[],
      Record<string, { endpoint_pattern?: { endpoints: { value: string }[] | null } }>,
    ];
    const endpoints = Object.entries(infos).flatMap(([type, { endpoint_pattern }]) =>
      (endpoint_pattern?.endpoints ?? []).map(({ value }) => [type, value] as const),
    );
    return [{ version, listed, endpoints }];
  });
}

const severities = (findings: readonly Finding[]): string[] => findings.map(({ severity = 'error' }) => severity);

describe.each(recordedAdapters().map((adapters) => [adapters.version, adapters] as const))(
  '%s',
  (_version, recorded) => {
    it('has no adapter that the table does not know', () => {
      expect(recorded.listed.filter((type) => !TYPES.includes(type))).toEqual([]);
      expect(recorded.listed.length).toBeGreaterThanOrEqual(12);
    });

    it('offers no endpoint that validate would refuse', () => {
      expect(recorded.endpoints.length).toBeGreaterThan(100);
      expect(recorded.endpoints.flatMap(([type, url]) => checkUrl({ type, url }))).toEqual([]);
    });
  },
);

it('has a correct value and common mistakes for every type', () => {
  const tried = [...new Set([...GOOD_URLS, ...BAD_URLS].map(([type]) => type))];
  expect(tried.sort()).toEqual([...TYPES].sort());
});

const GOOD_URLS: readonly (readonly [type: string, url: string])[] = [
  ['docker-hub', 'https://hub.docker.com'],
  ['docker-hub', 'https://hub.docker.com/'],
  ['docker-registry', 'https://quay.io'],
  ['docker-registry', 'https://registry-1.docker.io'],
  ['docker-registry', 'http://10.0.0.5:5000'],
  ['docker-registry', 'https://nexus.example.com/repository/docker'],
  ['docker-registry', 'https://docker.io.example.com'],
  ['harbor', 'https://harbor.example.com:8443'],
  ['github-ghcr', 'https://ghcr.io'],
  ['google-gcr', 'https://eu.gcr.io'],
  ['google-gcr', 'https://europe-west3-docker.pkg.dev'],
  ['aws-ecr', 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com'],
  ['aws-ecr', 'https://api.ecr.cn-north-1.amazonaws.com.cn'],
  ['aws-ecr', 'https://123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com'],
  ['aws-ecr', 'https://123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov'],
  ['azure-acr', 'https://team.azurecr.io'],
  ['azure-acr', 'https://team-d4f7h8a2.azurecr.io'],
  ['ali-acr', 'https://registry-vpc.cn-beijing.aliyuncs.com'],
  ['ali-acr', 'https://team-registry.cn-beijing.cr.aliyuncs.com'],
  ['ali-acr', 'https://cr.cn-beijing.aliyuncs.com'],
  ['jfrog-artifactory', 'https://team.jfrog.io'],
  ['quay', 'https://quay.example.com'],
  ['gitlab', 'https://registry.gitlab.com'],
  ['gitlab', 'https://gitlab.example.com:5050'],
  ['dtr', 'https://dtr.example.com'],
  ['huawei-SWR', 'https://swr.cn-north-4.myhuaweicloud.com'],
  ['huawei-SWR', 'https://swr.eu-west-101.myhuaweicloud.eu'],
  ['tencent-tcr', 'https://team.tencentcloudcr.com'],
  ['volcengine-cr', 'https://team-cn-beijing.cr.volces.com'],
];

const BAD_URLS: readonly (readonly [type: string, url: string, severity: string, right: RegExp])[] = [
  ['docker-hub', 'https://registry-1.docker.io', 'error', /type: docker-registry/],
  ['docker-hub', 'http://hub.docker.com', 'error', /must be https:\/\/hub\.docker\.com/],
  ['docker-registry', 'https://docker.io', 'warning', /type: docker-hub/],
  ['docker-registry', 'https://hub.docker.com/v2', 'warning', /type: docker-hub/],
  ['docker-registry', 'https://quay.io/v2/', 'warning', /adds \/v2\/ by itself/],
  ['harbor', 'https://harbor.example.com/harbor/projects', 'warning', /without \/harbor/],
  ['harbor', 'https://harbor.example.com/api/v2.0', 'warning', /https:\/\/harbor\.example\.com/],
  ['github-ghcr', 'https://ghcr.example.com', 'warning', /type: docker-registry/],
  ['google-gcr', 'https://marketplace.gcr.io', 'warning', /type: docker-registry/],
  ['google-gcr', 'https://gcr.io/my-project', 'warning', /part of the image name/],
  ['aws-ecr', 'https://public.ecr.aws', 'error', /type: docker-registry, url: https:\/\/public\.ecr\.aws/],
  ['aws-ecr', 'http://api.ecr.us-east-1.amazonaws.com', 'error', /region from the URL/],
  ['aws-ecr', 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com/team', 'error', /<account>\.dkr\.ecr\.<region>/],
  ['azure-acr', 'https://mcr.microsoft.com', 'warning', /<name>\.azurecr\.io/],
  ['ali-acr', 'https://registry.example.com', 'warning', /registry\[-vpc\|-internal\]/],
  ['jfrog-artifactory', 'https://team.jfrog.io/artifactory', 'warning', /leave it out/],
  ['quay', 'https://quay.io/organization/team', 'warning', /https:\/\/quay\.io/],
  ['gitlab', 'https://gitlab.com/team/project', 'warning', /url: https:\/\/registry\.gitlab\.com/],
  ['dtr', 'https://dtr.example.com/api/v0', 'warning', /adds \/api\/v0 by itself/],
  ['huawei-SWR', 'https://registry.example.com', 'warning', /swr\.<region>\.myhuaweicloud\.com/],
  ['tencent-tcr', 'https://ccr.ccs.tencentyun.com', 'error', /<instance>\.tencentcloudcr\.com/],
  ['volcengine-cr', 'https://team-cn-beijing.cr.ivolces.com', 'error', /use the public volces\.com/],
  ['volcengine-cr', 'https://team.cr.volces.com', 'error', /<registry>-cn-<region>/],
];

describe('the URL', () => {
  it.each(GOOD_URLS)('%s may be at %s', (type, url) => {
    expect(checkUrl({ type, url })).toEqual([]);
  });

  it.each(BAD_URLS)('%s is not at %s: %s', (type, url, severity, right) => {
    const found = checkUrl({ type, url });
    expect(severities(found)).toEqual([severity]);
    expect(found[0]).toMatchObject({ rule: 'registry-url', field: 'url' });
    expect(`${found[0]!.message}; ${found[0]!.hint}`).toMatch(right);
  });

  it.each([
    ['harbor', 'ftp://harbor.example.com'],
    ['no-such-type', 'https:///path'],
  ])('is http or https for type %s, not %s', (type, url) => {
    expect(checkUrl({ type, url })).toEqual([expect.objectContaining({ message: expect.stringContaining('http://') })]);
  });

  it('is named if it is missing', () => {
    expect(checkUrl({ type: 'azure-acr' })).toEqual([
      expect.objectContaining({ rule: 'registry-url', hint: 'url: https://<name>.azurecr.io' }),
    ]);
  });

  it('is implied exactly if it is fixed', () => {
    const implied = TYPES.filter((type) => REGISTRY_TYPES[type]!.defaultUrl !== undefined);
    expect(implied).toEqual(['docker-hub', 'github-ghcr']);
    for (const type of implied) expect(checkUrl({ type, url: REGISTRY_TYPES[type]!.defaultUrl! })).toEqual([]);
  });
});

describe('the account', () => {
  const SECRET = { env: 'TOKEN' };
  const GOOD_KEYS: readonly (readonly [type: string, key: string | undefined])[] = [
    ['docker-hub', 'mirror-bot'],
    ['docker-hub', undefined],
    ['docker-registry', 'anyone@example.com'],
    ['docker-registry', undefined],
    ['harbor', 'robot$mirror'],
    ['harbor', undefined],
    ['github-ghcr', 'mirror-bot'],
    ['google-gcr', '_json_key'],
    ['google-gcr', '_json_key_base64'],
    ['aws-ecr', 'AKIAIOSFODNN7EXAMPLE'],
    // By the role of the machine that Harbor runs on.
    ['aws-ecr', undefined],
    ['azure-acr', '6f1d2a34-0000-0000-0000-000000000000'],
    ['azure-acr', undefined],
    ['ali-acr', 'LTAI4Fexample'],
    ['jfrog-artifactory', 'mirror'],
    ['quay', 'json_file'],
    ['quay', undefined],
    ['gitlab', 'mirror'],
    ['dtr', 'mirror'],
    ['huawei-SWR', 'cn-north-4@ABCDEF'],
    ['tencent-tcr', 'AKIDexample'],
    ['volcengine-cr', 'AKLTexample'],
  ];
  const BAD_KEYS: readonly (readonly [type: string, key: string, severity: string, right: RegExp])[] = [
    ['docker-hub', 'me@example.com', 'warning', /Docker ID/],
    ['google-gcr', 'oauth2accesstoken', 'warning', /_json_key/],
    ['aws-ecr', 'AWS', 'warning', /AKIA/],
    ['aws-ecr', 'ASIAIOSFODNN7EXAMPLE', 'warning', /session token/],
    ['azure-acr', '00000000-0000-0000-0000-000000000000', 'warning', /service principal/],
    ['ali-acr', 'me@example.com', 'warning', /LTAI/],
    ['quay', 'team+robot', 'warning', /account_name and docker_cli_password/],
    ['huawei-SWR', 'ABCDEF', 'warning', /<region>@<access key>/],
    ['tencent-tcr', '100012345678', 'error', /AKID/],
    ['volcengine-cr', 'me@123456', 'warning', /AK…/],
  ];
  const check = (type: string, access_key?: string): Finding[] =>
    checkAccount(type, access_key === undefined ? undefined : { access_key, access_secret: SECRET });

  it.each(GOOD_KEYS)('%s takes %s', (type, key) => {
    expect(check(type, key)).toEqual([]);
  });

  it.each(BAD_KEYS)('%s does not take %s: %s', (type, key, severity, right) => {
    const found = check(type, key);
    expect(severities(found)).toEqual([severity]);
    expect(found[0]).toMatchObject({ rule: 'registry-credential', field: 'credential.access_key' });
    expect(`${found[0]!.message}; ${found[0]!.hint}`).toMatch(right);
    expect(JSON.stringify(found)).not.toContain(JSON.stringify(key));
  });

  it.each([
    ['google-gcr', 'error'],
    ['ali-acr', 'error'],
    ['tencent-tcr', 'error'],
    ['volcengine-cr', 'error'],
    ['gitlab', 'warning'],
    ['dtr', 'warning'],
  ])('%s needs one: %s', (type, severity) => {
    expect(severities(check(type))).toEqual([severity]);
    expect(severities(checkAccount(type, { access_key: '' }))).toEqual([severity]);
  });

  it('is tried for every type', () => {
    expect([...new Set(GOOD_KEYS.map(([type]) => type))].sort()).toEqual([...TYPES].sort());
  });

  it.each(TYPES)('of %s has a key, or Harbor drops the secret', (type) => {
    const [finding, ...more] = checkAccount(type, { access_secret: SECRET });
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ field: 'credential.access_secret', hint: expect.stringMatching(/access_key: \S/) });
  });
});

it('claims nothing about a type that it does not know', () => {
  expect(checkUrl({ type: 'next-year', url: 'https://x.example.com' })).toEqual([]);
  expect(checkAccount('next-year', { access_key: 'a' })).toEqual([]);
  expect(canProxy('next-year')).toBeUndefined();
});
