import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { ADMISSION_LIMITS, admissionAbilities, admissionOptions, excludedNamespaces } from './support/admission';
import { header } from './support/header';
import { pullSecret, pullSecretOptions } from './support/pull-secret';
import { credentialWarnings, file, harborHost } from './support/rendering';
import { escaped, rewrites, type Rewrite } from './support/rewrites';
import { yamlText } from './support/yaml';

/**
 * Two policies, so that rewriting can be introduced before anything is refused.
 *
 *     rewrite.yaml   changes names of the public registries to the cache
 *     report.yaml    fallback: reports what is not from Harbor      strict: refuses it
 */
export const kyverno: Client = {
  name: 'kyverno',
  title: 'Kyverno',
  about: 'One policy rewrites the images of pods, another reports or refuses the others.',
  can: admissionAbilities,
  options: { ...admissionOptions, ...pullSecretOptions },
  example: { exclude_namespaces: ['kube-system', 'harbor'] },
  traps: [
    'Existing pods keep their images until a rollout.',
    "Exclude Harbor's namespace, because it cannot start from its own cache.",
  ],
  reads: [],
  check: checkNothing,
  render,
};

function render(input: RenderInput): Rendering {
  const secret = pullSecret(input);
  return {
    files: [
      file('rewrite.yaml', yamlText(header(input, 'Kyverno'), rewritePolicy(input))),
      file('report.yaml', yamlText(header(input, 'Kyverno'), reportPolicy(input))),
      ...secret.files,
    ],
    steps: [
      'kubectl apply -f rewrite.yaml -f report.yaml',
      'kubectl get policyreport -A lists pods that still use public names.',
      ...secret.steps,
    ],
    warnings: [ADMISSION_LIMITS, ...(input.robot ? [] : credentialWarnings(input))],
  };
}

/**
 * Only the text of the name decides: admission queries no registry. Each rule rewrites its matches and leaves other
 * names unchanged.
 */
function rewritePolicy(input: RenderInput): object {
  const rules = rewrites(input).map((rewrite) => ({
    name: rewrite.name,
    match: PODS,
    exclude: exclusion(input),
    mutate: { foreach: LISTS.map((list) => rewriting(rewrite, list)) },
  }));
  return policy('breakwater-rewrite-images', 'Images are pulled through the cache', {
    background: false,
    // With fallback, a broken policy must not prevent pods from starting.
    failurePolicy: input.profile === 'strict' ? 'Fail' : 'Ignore',
    rules,
  });
}

const LISTS = ['containers', 'initContainers', 'ephemeralContainers'] as const;
const PODS = { any: [{ resources: { kinds: ['Pod'], operations: ['CREATE', 'UPDATE'] } }] };

/** Items of a list are merged by `name`, so that only the image changes. */
function rewriting({ pattern, replacement }: Rewrite, list: (typeof LISTS)[number]): object {
  return {
    list: `request.object.spec.${list} || \`[]\``,
    preconditions: {
      all: [{ key: `{{ regex_match('${pattern}', '{{element.image}}') }}`, operator: 'Equals', value: true }],
    },
    patchStrategicMerge: {
      spec: {
        [list]: [
          {
            name: '{{ element.name }}',
            image: `{{ regex_replace_all('${pattern}', '{{element.image}}', '${replacement}') }}`,
          },
        ],
      },
    },
  };
}

/** Every image that is not from Harbor: reported with fallback, refused with strict. */
function reportPolicy(input: RenderInput): object {
  const own = `^${escaped(harborHost(input))}/`;
  return policy('breakwater-cached-images-only', 'Pods use no public registry', {
    background: true,
    rules: [
      {
        name: 'cached-images-only',
        match: { any: [{ resources: { kinds: ['Pod'] } }] },
        exclude: exclusion(input),
        validate: {
          failureAction: input.profile === 'strict' ? 'Enforce' : 'Audit',
          message: `the image is not pulled through ${harborHost(input)}`,
          foreach: [
            {
              list: `request.object.spec.[${LISTS.join(', ')}][]`,
              deny: {
                conditions: {
                  any: [{ key: `{{ regex_match('${own}', '{{element.image}}') }}`, operator: 'Equals', value: false }],
                },
              },
            },
          ],
        },
      },
    ],
  });
}

/** Both are cluster policies: a policy of a namespace would miss the pods of the others. */
function policy(name: string, title: string, spec: object): object {
  return {
    apiVersion: 'kyverno.io/v1',
    kind: 'ClusterPolicy',
    metadata: { name, annotations: { 'policies.kyverno.io/title': title } },
    spec,
  };
}

/** By default Harbor's namespace and kube-system: a cluster that restarts must be able to start its registry first. */
function exclusion(input: RenderInput): object {
  return { any: [{ resources: { namespaces: excludedNamespaces(input) } }] };
}
