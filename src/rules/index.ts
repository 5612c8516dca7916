import { hp001 } from './hp001-default-admin-password';
import { hp002 } from './hp002-database-password';
import { hp003 } from './hp003-secretkey';
import { hp004 } from './hp004-service-secrets';
import { hp005 } from './hp005-self-registration';
import { hp033 } from './hp033-metrics-inside';
import { hp034 } from './hp034-docker-socket';
import { hp035 } from './hp035-traefik-api';
import { hp036 } from './hp036-published-ports';
import { hp037 } from './hp037-tls-front';
import { hp038 } from './hp038-hardened-containers';
import { hp039 } from './hp039-pinned-images';
import type { Rule, RuleFinding } from './rule';
import type { SynthesisedStack } from './synthesised';

export type { Rule, RuleFinding, RuleSeverity } from './rule';
export type { SynthesisedStack } from './synthesised';
export { waive, type RuleWaiver, type Waived } from './waive';

/** Every rule, by id. */
export const rules: readonly Rule[] = [
  hp001,
  hp002,
  hp003,
  hp004,
  hp005,
  hp033,
  hp034,
  hp035,
  hp036,
  hp037,
  hp038,
  hp039,
];

/** Holds all rules against what is about to be deployed. Pure. */
export function checkRules(stacks: readonly SynthesisedStack[]): RuleFinding[] {
  return rules.flatMap(({ id, severity, check }) =>
    check(stacks).map((violation) => ({ rule: id, severity, ...violation })),
  );
}
