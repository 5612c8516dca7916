import { checkNothing } from './check/nothing';
import type { Client, RenderInput, Rendering } from './client';
import { ADMISSION_LIMITS, admissionAbilities, admissionOptions, excludedNamespaces } from './support/admission';
import { header } from './support/header';
import { file, harborHost } from './support/rendering';
import { yamlText } from './support/yaml';

/**
 * It judges and does not change names: a mutator of Gatekeeper sets a part of a name to a fixed value, and the cache
 * needs the project before a path that differs from image to image.
 */
export const gatekeeper: Client = {
  name: 'gatekeeper',
  title: 'Gatekeeper',
  about: 'A constraint that reports or refuses pods whose images do not come from Harbor.',
  can: {
    ...admissionAbilities,
    path: 'no: it only refuses, because its mutators cannot keep the path of an image',
  },
  options: admissionOptions,
  reads: [],
  check: checkNothing,
  render,
};

const KIND = 'BreakwaterCachedImages';

function render(input: RenderInput): Rendering {
  return {
    files: [
      file('template.yaml', yamlText(header(input, 'Gatekeeper'), template())),
      file('constraint.yaml', yamlText(header(input, 'Gatekeeper'), constraint(input))),
    ],
    steps: [
      'kubectl apply -f template.yaml, and when it is established: kubectl apply -f constraint.yaml',
      `kubectl get ${KIND.toLowerCase()} breakwater -o yaml lists violations.`,
    ],
    warnings: [
      'Gatekeeper does not rewrite images: names must already point to the cache (use breakwater inventory rewrite, kyverno or the webhook).',
      ADMISSION_LIMITS,
    ],
  };
}

/**
 * Gatekeeper creates the kind of the constraint from this template. That takes some seconds, so the two are separate
 * files: a constraint that is applied too early is refused as an unknown kind.
 */
function template(): object {
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: { name: KIND.toLowerCase() },
    spec: {
      crd: {
        spec: {
          names: { kind: KIND },
          validation: {
            openAPIV3Schema: { type: 'object', properties: { prefixes: { type: 'array', items: { type: 'string' } } } },
          },
        },
      },
      targets: [{ target: 'admission.k8s.gatekeeper.sh', rego: REGO }],
    },
  };
}

/**
 * Every list of containers, because a rule for `containers` alone would let an init container or a debug
 * container pass.
 */
const REGO = `package breakwater.cachedimages

violation[{"msg": msg}] {
  container := containers[_]
  not from_cache(container.image)
  msg := sprintf("container %v: the image %v is not pulled through the cache", [container.name, container.image])
}

from_cache(image) {
  startswith(image, input.parameters.prefixes[_])
}

containers[container] { container := input.review.object.spec.containers[_] }
containers[container] { container := input.review.object.spec.initContainers[_] }
containers[container] { container := input.review.object.spec.ephemeralContainers[_] }
`;

/** `dryrun` only lists violations. */
function constraint(input: RenderInput): object {
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: KIND,
    metadata: { name: 'breakwater' },
    spec: {
      enforcementAction: input.profile === 'strict' ? 'deny' : 'dryrun',
      match: {
        kinds: [{ apiGroups: [''], kinds: ['Pod'] }],
        excludedNamespaces: excludedNamespaces(input),
      },
      // With the slash, so that a longer host with the same beginning does not match.
      parameters: { prefixes: [`${harborHost(input)}/`] },
    },
  };
}
