import type { Features } from '../versions';

interface AdapterInfo {
  readonly endpoint_pattern?: object;
  readonly credential_pattern?: object;
}

/** Only older versions list them and proxy quay; they can be created in every version. */
const OLD_TYPES = ['dtr', 'gitlab', 'quay'];

const LISTED_TYPES = [
  'ali-acr',
  'aws-ecr',
  'azure-acr',
  'docker-hub',
  'docker-registry',
  'github-ghcr',
  'google-gcr',
  'harbor',
  'huawei-SWR',
  'jfrog-artifactory',
  'tencent-tcr',
  'volcengine-cr',
];

/** PERMITTED_REGISTRY_TYPES_FOR_PROXY_CACHE as Harbor's installer sets it (docs/harbor-behavior.md 4.5). */
const PROXY_CACHE_TYPES = new Set([
  'docker-hub',
  'harbor',
  'azure-acr',
  'ali-acr',
  'aws-ecr',
  'google-gcr',
  'docker-registry',
  'github-ghcr',
  'jfrog-artifactory',
]);

/** Types that a registry can have. They are more than those that `adapterTypes` lists. */
export function hasAdapter(type: string): boolean {
  return LISTED_TYPES.includes(type) || OLD_TYPES.includes(type);
}

/** Body of `GET /replication/adapters`. */
export function adapterTypes({ oldAdapters }: Features): readonly string[] {
  return oldAdapters ? [...LISTED_TYPES, ...OLD_TYPES].sort() : LISTED_TYPES;
}

/** Whether a proxy cache project can use the type (docs/harbor-behavior.md 4.5). */
export function mayProxy(type: string, { oldAdapters }: Features): boolean {
  return PROXY_CACHE_TYPES.has(type) || (type === 'quay' && oldAdapters);
}

const ALI_REGIONS = `cn-qingdao cn-beijing cn-zhangjiakou cn-huhehaote cn-wulanchabu cn-hangzhou cn-shanghai cn-shenzhen
  cn-heyuan cn-guangzhou cn-chengdu cn-hongkong ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-5 ap-south-1
  ap-northeast-1 us-west-1 us-east-1 eu-central-1 eu-west-1 me-east-1`.split(/\s+/);

/** In Harbor's order; those with a plus were added together. */
const AWS_REGIONS = `us-east-2 us-east-1 us-west-1 us-west-2 af-south-1 ap-east-1 +ap-east-2 ap-south-1 +ap-south-2
  ap-northeast-3 ap-northeast-2 ap-southeast-1 ap-southeast-2 +ap-southeast-3 +ap-southeast-4 +ap-southeast-5
  +ap-southeast-6 +ap-southeast-7 ap-northeast-1 ca-central-1 +ca-west-1 cn-north-1 cn-northwest-1 eu-central-1
  +eu-central-2 eu-west-1 eu-west-2 eu-south-1 +eu-south-2 eu-west-3 eu-north-1 +il-central-1 me-south-1
  +me-central-1 +mx-central-1 sa-east-1 +us-gov-east-1 +us-gov-west-1`.split(/\s+/);

/** Body of `GET /replication/adapterinfos`: what the portal offers in its form. */
export function adapterInfos({ oldAdapters, moreEcrRegions }: Features): Readonly<Record<string, AdapterInfo>> {
  return {
    ...ADAPTER_INFOS,
    'aws-ecr': { endpoint_pattern: listOf(awsEndpoints(moreEcrRegions)) },
    ...(oldAdapters ? { quay: QUAY_INFO } : {}),
  };
}

const QUAY_INFO: AdapterInfo = {
  credential_pattern: {
    access_key_data: 'json_file',
    access_key_type: 'AccessKeyTypeFix',
    access_secret_type: 'AccessSecretTypeFile',
  },
  endpoint_pattern: { endpoint_type: 'EndpointPatternTypeStandard', endpoints: null },
};

const ADAPTER_INFOS: Readonly<Record<string, AdapterInfo>> = {
  'ali-acr': { endpoint_pattern: listOf(ALI_REGIONS.flatMap(aliEndpoints)) },
  'docker-hub': { endpoint_pattern: fixedTo('hub.docker.com') },
  'github-ghcr': { endpoint_pattern: fixedTo('ghcr.io') },
  'google-gcr': {
    credential_pattern: {
      access_key_data: '_json_key',
      access_key_type: 'AccessKeyTypeFix',
      access_secret_data: 'No Change',
      access_secret_type: 'AccessSecretTypeFile',
    },
    endpoint_pattern: listOf(
      ['gcr.io', 'us.gcr.io', 'eu.gcr.io', 'asia.gcr.io'].map((host) => [host, `https://${host}`]),
    ),
  },
  'tencent-tcr': {},
  'volcengine-cr': {},
};

/** A `+` marks regions that only newer releases of Harbor list. */
function awsEndpoints(moreEcrRegions: boolean): [string, string][] {
  const regions = AWS_REGIONS.filter((region) => moreEcrRegions || !region.startsWith('+'));
  return regions.map((marked) => {
    const region = marked.replace('+', '');
    const suffix = moreEcrRegions && region.startsWith('cn-') ? '.cn' : '';
    return [region, `https://api.ecr.${region}.amazonaws.com${suffix}`];
  });
}

/**
 * Five endpoints for each region, in the order of Harbor's list. The two with `instanceName` are templates for
 * people.
 */
function aliEndpoints(region: string): [string, string][] {
  return [
    [region, `https://registry.${region}.aliyuncs.com`],
    [`${region}-vpc`, `https://registry-vpc.${region}.aliyuncs.com`],
    [`${region}-internal`, `https://registry-internal.${region}.aliyuncs.com`],
    [`${region}-ee-vpc`, `https://instanceName-registry-vpc.${region}.cr.aliyuncs.com`],
    [`${region}-ee`, `https://instanceName-registry.${region}.cr.aliyuncs.com`],
  ];
}

/** For types whose URL is chosen and not written. */
function listOf(endpoints: readonly (readonly string[])[]): object {
  return {
    endpoint_type: 'EndpointPatternTypeList',
    endpoints: endpoints.map(([key, value]) => ({ key, value })),
  };
}

function fixedTo(host: string): object {
  return { endpoint_type: 'EndpointPatternTypeFix', endpoints: [{ key: host, value: `https://${host}` }] };
}
