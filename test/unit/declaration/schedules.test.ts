import { kinds } from '../../../src/kinds';
import { load, removePolicies, type Files } from './support/policies-on-disk';

afterEach(removePolicies);

const NEVER = '"0 0 3 30 2 *"';
const INSTANCE = 'preheat: { instances: { p2p: { vendor: dragonfly, endpoint: "https://p2p.example.com" } } }\n';
const REGISTRY = 'registries: { hub: { type: docker-hub } }\n';

/** Each with the file and the line in which the schedule stands. */
const SCHEDULES: readonly (readonly [string, Files, string])[] = [
  ['gc', { 'a.yaml': `schedules:\n  gc:\n    cron: ${NEVER}` }, 'a.yaml:3'],
  ['scan_all', { 'a.yaml': `schedules:\n  scan_all:\n    cron: ${NEVER}` }, 'a.yaml:3'],
  [
    'purge_audit',
    {
      'a.yaml': `schedules:\n  purge_audit:\n    cron: ${NEVER}\n    audit_retention_hour: 24\n    include_event_types: [pull_artifact]`,
    },
    'a.yaml:3',
  ],
  ['retention', { 'a.yaml': `projects:\n  p:\n    retention:\n      schedule: ${NEVER}` }, 'a.yaml:4'],
  [
    'replication',
    { 'a.yaml': `${REGISTRY}replications:\n  r:\n    from: hub\n    trigger: { scheduled: ${NEVER} }` },
    'a.yaml:5',
  ],
  [
    'preheat',
    {
      'a.yaml': `${INSTANCE}projects:\n  p:\n    preheat:\n      w:\n        provider: p2p\n        filters: [{ type: tag, value: v1 }]\n        trigger: { scheduled: ${NEVER} }`,
    },
    'a.yaml:8',
  ],
  [
    'the defaults of replications',
    {
      'a.yaml': `${REGISTRY}defaults:\n  replication:\n    trigger: { scheduled: ${NEVER} }\nreplications: { r: { from: hub } }`,
    },
    'a.yaml:4',
  ],
  [
    'the overlay of an instance',
    {
      'a.yaml': 'schedules: { gc: { cron: "0 0 3 * * *" } }',
      'instances/one.yaml': `schedules:\n  gc:\n    cron: ${NEVER}`,
    },
    'instances/one.yaml:3',
  ],
];

it.each(SCHEDULES)('a schedule of %s that never runs is an error at its position', async (_of, files, place) => {
  const instance = 'instances/one.yaml' in files ? { instance: 'one' } : {};
  const { diagnostics } = await load(files, { kinds, ...instance });
  const found = diagnostics.filter(({ rule }) => rule === 'bad-cron');
  expect(found.map(({ at, severity }) => `${severity} ${at?.file}:${at?.line}`)).toEqual([`error ${place}`]);
  expect(found[0]?.message).toMatch(/never runs/);
});
