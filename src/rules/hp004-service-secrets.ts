import { helmValues } from './helm-values';
import type { Rule } from './rule';
import { secretEnv } from './secret-env';

/** The chart has a default for each, or generates a new one with each upgrade. */
const SECRETS_OF_THE_CHART = [
  'core.existingSecret',
  'core.existingXsrfSecret',
  'jobservice.existingSecret',
  'registry.existingSecret',
  'registry.credentials.existingSecret',
];

/**
 * In containers these are in files that `prepare` writes on the host (docs/harbor-behavior.md 11.4). In the chart they
 * are values.
 */
export const hp004: Rule = {
  id: 'HP004',
  title: 'the secrets between Harbor’s services are set, by reference',
  severity: 'high',
  why: 'With the defaults of the chart anyone can call jobservice and registry as core, and forge CSRF tokens (csrf.go; cozystack #2738).',
  deployed: {
    judge: (stacks) => [
      ...secretEnv(
        stacks,
        /^(CORE_SECRET|JOBSERVICE_SECRET|CSRF_KEY|REGISTRY_CREDENTIAL_PASSWORD|REGISTRY_HTTP_SECRET)$/,
      ),
      ...SECRETS_OF_THE_CHART.flatMap((path) => helmValues(stacks, path)),
    ],
    good: { docker_container: { core: { env: ['LOG_LEVEL=info'] } } },
    bad: { docker_container: { core: { env: ['CSRF_KEY=0123456789abcdef0123456789abcdef'] } } },
  },
};
