import { defaultSecret } from './default-secret';
import type { Rule } from './rule';
import { secretEnv } from './secret-env';
import { helmValues } from './helm-values';

const known = defaultSecret(
  ['root123', 'changeit'],
  'a default password of the database',
  'set the password on the host',
);

/**
 * Three ways to get it wrong: a default password anywhere in a stack, your own password in the environment of a
 * container (where the plan and the state show it), and a chart that gets no Secret and uses its own default.
 */
export const hp002: Rule = {
  id: 'HP002',
  title: 'the database has its own password, by reference',
  severity: 'critical',
  why: 'root123 is in every harbor.yml that was not edited; anyone who can reach the database can read every stored credential (docs: configure-yml-file).',
  deployed: {
    judge: (stacks) => [
      ...known(stacks),
      ...secretEnv(stacks, /^(POSTGRES_PASSWORD|POSTGRESQL_PASSWORD|HARBOR_DATABASE_PASSWORD)$/),
      ...helmValues(stacks, 'database.external.existingSecret'),
    ],
    good: { docker_container: { postgresql: { env: ['PGDATA=/var/lib/postgresql/data'] } } },
    bad: { docker_container: { postgresql: { env: ['POSTGRES_PASSWORD=root123'] } } },
  },
};
