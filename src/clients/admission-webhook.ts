import { compact } from '../compact';
import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { ADMISSION_LIMITS, admissionAbilities, admissionOptions, excludedNamespaces } from './support/admission';
import { header } from './support/header';
import { pullSecret, pullSecretOptions } from './support/pull-secret';
import { credentialWarnings, file, harborHost, projectPath } from './support/rendering';
import { requiredText } from './support/options';
import { escaped } from './support/rewrites';
import { yamlText } from './support/yaml';

/**
 * Two parts that do different work, because neither does both: the webhook of the chart changes names in pods,
 * and the policy, which the API server evaluates itself, judges every name that is left.
 *
 *     pod ──► webhook: docker.io/library/nginx ──► HARBOR/proxy.docker.io/library/nginx
 *         └─► policy:  does every image begin with HARBOR/ ?
 *                      fallback: Warn and Audit, the pod starts     strict: Deny
 */
export const admissionWebhook: Client = {
  name: 'admission-webhook',
  title: 'Admission webhook',
  about:
    'harbor-container-webhook rewrites the images of pods; a ValidatingAdmissionPolicy reports or refuses the others.',
  can: admissionAbilities,
  options: { ...admissionOptions, ...pullSecretOptions },
  reads: [],
  check: checkNothing,
  render,
};

function render(input: RenderInput): Rendering {
  const secret = pullSecret(input);
  return {
    files: [
      file('values.yaml', yamlText(header(input, 'harbor-container-webhook'), values(input)), {
        note: 'values of the chart harbor-container-webhook',
      }),
      file('policy.yaml', yamlText(header(input, 'ValidatingAdmissionPolicy'), admissionPolicy(input), binding(input))),
      ...secret.files,
    ],
    steps: [
      'helm upgrade --install harbor-container-webhook … -f values.yaml',
      'kubectl apply -f policy.yaml (Kubernetes 1.30 or later)',
      ...secret.steps,
    ],
    warnings: [
      'The webhook does not see ephemeral containers; the policy does.',
      ADMISSION_LIMITS,
      ...(input.robot ? [] : credentialWarnings(input)),
    ],
  };
}

/** It matches the normalized name: docker.io/library/nginx for nginx. */
function values(input: RenderInput): object {
  return {
    rules: input.upstreams.map((upstream) =>
      compact({
        name: `${upstream.registry} rewrite`,
        matches: [`^${escaped(upstream.registry)}/`],
        replace: projectPath(input, upstream),
        // With a fallback, an image that the cache does not serve keeps its name.
        checkUpstream: input.profile === 'fallback',
        authSecretName: input.robot && requiredText(input, 'secret_name'),
      }),
    ),
    webhook: {
      failurePolicy: input.profile === 'strict' ? 'Fail' : 'Ignore',
      namespaceSelector: {
        matchExpressions: [
          { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: excludedNamespaces(input) },
        ],
      },
    },
  };
}

const NAME = 'breakwater-cached-images-only';

/**
 * One CEL expression over the three lists of containers. `has()` comes first, because CEL fails on an absent
 * list, and a failing expression is decided by `failurePolicy`, not by the image.
 */
function admissionPolicy(input: RenderInput): object {
  const prefix = `${harborHost(input)}/`;
  const every = ['containers', 'initContainers', 'ephemeralContainers'].map(
    (list) =>
      `(!has(object.spec.${list}) || object.spec.${list}.all(container, container.image.startsWith('${prefix}')))`,
  );
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: NAME },
    spec: {
      failurePolicy: input.profile === 'strict' ? 'Fail' : 'Ignore',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['pods', 'pods/ephemeralcontainers'],
          },
        ],
        namespaceSelector: {
          matchExpressions: [
            { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: excludedNamespaces(input) },
          ],
        },
      },
      validations: [{ expression: every.join(' && '), message: `an image is not pulled through ${harborHost(input)}` }],
    },
  };
}

/** `fallback` only reports: a pod with a public name still starts. */
function binding(input: RenderInput): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: NAME },
    spec: { policyName: NAME, validationActions: input.profile === 'strict' ? ['Deny'] : ['Warn', 'Audit'] },
  };
}
