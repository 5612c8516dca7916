import { USE_DOCKER_REGISTRY, type RegistryType } from './registry-type';

/**
 * The registries of large cloud providers. What their adapters do with the two parts of an endpoint:
 *
 *      type            proxy cache   a URL of another form                    account
 *      google-gcr      yes           warning                                  needed
 *      aws-ecr         yes           error: Harbor reads the region from it   optional: the machine may have a role
 *      azure-acr       yes           warning                                  optional
 *      ali-acr         yes           warning                                  needed
 *      huawei-SWR      no            warning: Harbor does not check it        optional, and not tested
 *      tencent-tcr     no            error: Harbor reads the instance         needed
 *      volcengine-cr   no            error: Harbor reads registry and region  needed
 *
 * An `error` is what Harbor refuses. Elsewhere a form that is not known here is a `warning`, because providers add
 * regions and private endpoints. Hints name what people paste instead: tokens of `docker login`, which Harbor stores like
 * any password, and which expire within hours.
 */
export const CLOUD_REGISTRY_TYPES: Readonly<Record<string, RegistryType>> = {
  'google-gcr': {
    title: 'Google Container Registry and Artifact Registry',
    proxies: true,
    url: {
      pattern: /^https:\/\/(?:(?:us\.|eu\.|asia\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev)$/,
      expected: 'https://gcr.io (or us., eu., asia.gcr.io) or https://<location>-docker.pkg.dev',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
      mistakes: [
        {
          pattern: /\.(?:pkg\.dev|io)\//,
          hint: 'project and repository are part of the image name, not of the url',
        },
      ],
    },
    account: {
      access_key: '_json_key',
      access_secret: 'the JSON key of a service account',
      key: {
        pattern: /^_json_key(?:_base64)?$/,
        severity: 'warning',
        hint: 'use access_key: _json_key and the JSON key of a service account as access_secret: other tokens expire within an hour',
      },
      needed: {
        severity: 'error',
        why: 'Harbor refuses a registry of type google-gcr without an account (unhealthy)',
        hint: 'add credential (access_key: _json_key), or use type: docker-registry for public images',
      },
    },
  },
  'aws-ecr': {
    title: 'Amazon ECR',
    proxies: true,
    url: {
      pattern:
        /^https:\/\/(?:api|\d+\.dkr)\.ecr(?:-public|-fips)?\.[\w-]+\.(?:amazonaws\.com(?:\.cn)?|sc2s\.sgov\.gov|c2s\.ic\.gov)$/,
      expected: 'https://api.ecr.<region>.amazonaws.com or https://<account>.dkr.ecr.<region>.amazonaws.com',
      severity: 'error',
      hint: 'Harbor reads the region from the URL and returns 500 if it cannot',
      mistakes: [
        {
          pattern: /^https?:\/\/public\.ecr\.aws/,
          hint: 'for the public gallery use type: docker-registry, url: https://public.ecr.aws',
        },
      ],
    },
    account: {
      access_key: "access key ID (AKIA…); none if Harbor's machine has a role",
      access_secret: 'secret access key',
      key: {
        pattern: /^AKIA[A-Z0-9]+$/,
        severity: 'warning',
        hint: 'an access key ID (AKIA…) of an IAM user: not the docker login AWS, and not a temporary key (ASIA…), because Harbor cannot store its session token',
      },
      readBlindly: true,
    },
  },
  'azure-acr': {
    title: 'Azure Container Registry',
    proxies: true,
    url: {
      pattern: /^https:\/\/[a-z0-9-]+\.azurecr\.(?:io|cn|us|de)$/,
      expected: 'https://<name>.azurecr.io',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
    account: {
      access_key: 'application ID of a service principal, name of a token, or the admin user',
      access_secret: 'its password',
      key: {
        pattern: /^(?!0{8}-(?:0{4}-){3}0{12}$)/,
        severity: 'warning',
        hint: 'the token of az acr login --expose-token expires within hours: use a service principal or a token',
      },
    },
  },
  'ali-acr': {
    title: 'Alibaba Cloud Container Registry',
    proxies: true,
    url: {
      pattern: /^https:\/\/(?:cr\.[\w-]+|(?:[\w-]+-)?registry(?:-vpc|-internal)?\.[\w-]+(?:\.cr)?)\.aliyuncs\.com$/,
      expected:
        'https://registry[-vpc|-internal].<region>.aliyuncs.com or https://<instance>-registry[-vpc].<region>.cr.aliyuncs.com',
      severity: 'warning',
      hint: USE_DOCKER_REGISTRY,
    },
    account: {
      access_key: 'AccessKey ID (LTAI…)',
      access_secret: 'AccessKey secret',
      key: {
        pattern: /^LTAI/,
        severity: 'warning',
        hint: 'the AccessKey ID (LTAI…) of a RAM user, not the user name of docker login',
      },
      needed: {
        severity: 'error',
        why: "Harbor gets every token of type ali-acr from Alibaba's API, which requires an account",
        hint: 'add credential with an AccessKey, or use type: docker-registry with the user of docker login',
      },
      readBlindly: true,
    },
  },
  'huawei-SWR': {
    title: 'Huawei Cloud SWR',
    proxies: false,
    url: {
      pattern: /^https:\/\/(?:swr\.[\w-]+|[\w-]+\.swr-pro)\.myhuaweicloud\.(?:com|eu)$/,
      expected: 'https://swr.<region>.myhuaweicloud.com',
      severity: 'warning',
      hint: 'Harbor does not check endpoints of this type: a wrong URL shows only in the first replication',
    },
    account: {
      access_key: '<region>@<access key>',
      access_secret: 'long-term login key',
      key: {
        pattern: /^[\w-]+@\w+$/,
        severity: 'warning',
        hint: 'access_key: <region>@<access key>, as in the docker login command that SWR shows. Harbor does not test it',
      },
    },
  },
  'tencent-tcr': {
    title: 'Tencent Cloud TCR',
    proxies: false,
    url: {
      pattern: /^https?:\/\/[\w-]+\.tencentcloudcr\.com$/,
      expected: 'https://<instance>.tencentcloudcr.com',
      severity: 'error',
      hint: 'Harbor finds the instance by the name in the URL and returns 500 for any other host',
    },
    account: {
      access_key: 'SecretId (AKID…)',
      access_secret: 'SecretKey',
      key: {
        pattern: /^AKID/,
        severity: 'error',
        hint: 'the SecretId (AKID…) of an API key: Harbor refuses the user name of docker login (500)',
      },
      needed: {
        severity: 'error',
        why: "Harbor's adapter of type tencent-tcr refuses an endpoint without a SecretId (500)",
        hint: 'add credential with SecretId (access_key: AKID…) and SecretKey',
      },
      readBlindly: true,
    },
  },
  'volcengine-cr': {
    title: 'Volcengine Container Registry',
    proxies: false,
    url: {
      pattern: /^https:\/\/[\w-]+-cn-[\w-]+\.cr\.volces\.com$/,
      expected: 'https://<registry>-cn-<region>.cr.volces.com',
      severity: 'error',
      hint: 'Harbor reads registry and region from the URL and returns 500 if it cannot',
      mistakes: [
        {
          pattern: /\.ivolces\.com/,
          hint: 'Harbor cannot read the region from ivolces.com (500): use the public volces.com',
        },
      ],
    },
    account: {
      access_key: 'access key ID (AK…)',
      access_secret: 'secret access key',
      key: {
        pattern: /^AK/,
        severity: 'warning',
        hint: 'the access key ID (AK…) of an IAM user, not the user name of docker login',
      },
      needed: {
        severity: 'error',
        why: "Harbor gets every token of type volcengine-cr from Volcengine's API, which requires an account",
        hint: 'add credential with an access key',
      },
      readBlindly: true,
    },
  },
};
