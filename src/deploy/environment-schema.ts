import { RULE_ID, severitySchema } from '../declaration/sections/organisation';
import { backupSchema } from './backup-schema';
import { clusterSchema } from './cluster';
import { edgeSchema } from './edge';
import { harborSchema } from './harbor/harbor-schema';
import { hostSchema } from './host-schema';
import { machineSchema } from './machine';
import { pairSchema } from './pair-schema';
import { stateSchema } from './state';

const words = (description: string) => ({ description, type: 'string', minLength: 1, maxLength: 1000 }) as const;

const waiversSchema = {
  description: 'Accepted findings of the rules for stacks, with an owner and an expiry date.',
  type: 'array',
  items: {
    type: 'object',
    properties: {
      rule: { title: 'the id of a rule, such as HP037', description: 'The rule.', type: 'string', pattern: RULE_ID },
      object: words('The address of the finding, or its first parts: edge/docker_container.traefik.'),
      reason: words('Reason.'),
      owner: words('Person or team that is responsible.'),
      expires: {
        description: 'The last day, as YYYY-MM-DD.',
        type: 'string',
        title: 'a date such as 2027-03-31',
        pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
      },
    },
    required: ['rule', 'object', 'reason', 'owner', 'expires'],
    additionalProperties: false,
  },
  maxItems: 100,
} as const;

const rulesSchema = {
  description: 'Rules for stacks with a higher severity.',
  type: 'object',
  properties: { severity: severitySchema },
  additionalProperties: false,
} as const;

/**
 * One JSON Schema (draft 2020-12) for a file of stacks/environments. Every object is closed.
 *
 *      harbor: { … }                         always
 *      host: { … }                           the machine of the containers
 *      machine: { … }                        creates that machine; absent if it exists
 *      cluster: { … }                        instead of host and edge: a chart in Kubernetes
 *      edge: { … }                           Traefik in front
 *      topology: pair, pair: { … }           two machines
 *      state, backup, waivers, rules         where the state is, how old a backup may be, accepted findings
 *
 * Which sections exclude each other is checked in TypeScript (`check-combinations.ts`): an error of JSON Schema for it
 * would name the schema and not the mistake.
 */
export const environmentSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Breakwater environment',
  description: 'The deployment of one Harbor.',
  type: 'object',
  properties: {
    harbor: harborSchema,
    host: hostSchema,
    edge: edgeSchema,
    machine: machineSchema,
    cluster: clusterSchema,
    topology: {
      description: 'single: one machine, or a cluster. pair: two machines with shared state behind one name.',
      enum: ['single', 'pair'],
      default: 'single',
    },
    pair: pairSchema,
    state: stateSchema,
    backup: backupSchema,
    waivers: waiversSchema,
    rules: rulesSchema,
    sample: { description: 'This file is an example: it can be synthesized, but not deployed.', const: true },
  },
  required: ['harbor'],
  additionalProperties: false,
} as const;
