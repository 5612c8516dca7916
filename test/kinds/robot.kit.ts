import { robotShape } from '../../src/kinds/support/robot-wire';
import fc from 'fast-check';
import { PERMISSIONS, type Level } from '../../src/kinds/support/robot-permissions';
import type { RobotSpec } from '../../src/kinds/support/robot-spec';
import type { KindKit, RawHarbor } from './kit';
import { anyText, flag, map, named as namedOf, one, projectName, shortName, writtenText } from './support/arbitraries';
import { byId, named, whole, type Wire } from './support/by-hand';
import { PULL, SECRET } from './support/written';

const pairsOf = (level: Level): string[] =>
  Object.entries(PERMISSIONS[level]).flatMap(([resource, actions]) => actions.map((action) => `${resource}:${action}`));
const pairs = (level: Level) => fc.array(fc.constantFrom(...pairsOf(level)), { minLength: 1, maxLength: 6 });
const fields = {
  name: shortName,
  description: anyText,
  duration: fc.oneof(fc.constant(-1), fc.integer({ min: 1, max: 3650 })),
  disable: fc.boolean(),
};
const listRegistries = { resource: 'registry', action: 'list' };
const listQuotas = { resource: 'quota', action: 'list' };
const prunedRobot = { duration: 30, secret: SECRET };

async function pushToo(harbor: RawHarbor): Promise<void> {
  const { project_id } = await harbor.get<{ project_id: number }>('/projects/proxy');
  const robots = await harbor.get<Wire[]>(`/robots?q=Level%3Dproject,ProjectID%3D${project_id}`);
  const wire = robots.find(named('robot$proxy+puller'))!;
  const access = [{ resource: 'repository', action: 'push' }, PULL];
  await harbor.put(`/robots/${String(wire['id'])}`, {
    ...wire,
    permissions: [{ kind: 'project', namespace: 'proxy', access }],
  });
}

export const kit: KindKit = {
  specs: fc.oneof(
    fc.record({ ...fields, project: projectName, access: pairs('project') }),
    fc.record({
      ...fields,
      system: pairs('system'),
      projects: fc.dictionary(fc.oneof(projectName, fc.constant('*')), pairs('project')),
    }),
  ),
  answered: {
    added: () => ({ id: 2, editable: true, expires_at: 1_900_000_000 }),
    instead: (spec) => ({ name: `robot$${(spec as RobotSpec).name}` }),
    always: ['disable', 'editable'],
  },
  recorded: { path: /^\/robots(\/<id>)?$/, shape: robotShape, extra: { short_name: 'r' } },
  places: {
    'robots.*': {
      defaults: 'robot',
      valid: [{ duration: -1, secret: SECRET, system: [listRegistries], projects: { '*': [] } }],
      invalid: [
        [{ secret: SECRET }, 'no duration'],
        [{ duration: -2, secret: SECRET }, 'a negative duration'],
        [{ duration: 5, access: [] }, 'the permissions of the other level'],
        [{ duration: 5, secret_to: { file: 'x' } }, 'no form of the file'],
      ],
    },
    'projects.*.robots.*': {
      defaults: 'robot',
      valid: [{ duration: 1, access: [], secret_to: { file: 'x', as: 'kubernetes-secret', name: 'pull' } }],
      invalid: [[{ duration: 5, access: ['repository:pull'] }, 'pairs as text']],
    },
  },
  declared: () => ({
    robots: {
      gitops: {
        description: 'ours',
        duration: 90,
        disable: false,
        secret: SECRET,
        system: [listRegistries],
        projects: { '*': [PULL] },
      },
    },
    projects: {
      proxy: { robots: { puller: { description: 'ours', duration: 90, secret: SECRET, access: [PULL] } } },
    },
  }),
  byHand: {
    changes: [
      ...whole(
        'robot/gitops',
        { list: '/robots?page_size=100', find: named('robot$gitops'), path: byId('/robots') },
        {
          description: { description: 'by hand' },
          duration: { duration: 7 },
          disable: { disable: true },
          system: {
            permissions: [
              { kind: 'system', namespace: '/', access: [{ resource: 'project', action: 'list' }] },
              { kind: 'project', namespace: '*', access: [PULL] },
            ],
          },
          projects: { permissions: [{ kind: 'system', namespace: '/', access: [listRegistries] }] },
        },
      ),
      { address: 'robot/proxy+puller', field: 'access', change: pushToo },
    ],
    untried: { secret: 'Harbor never returns it', secret_to: 'nothing of Harbor' },
  },
  pruned: [
    { address: 'robot/spare', container: ['robots'], value: () => ({ ...prunedRobot, system: [listQuotas] }) },
    {
      address: 'robot/plain+spare',
      container: ['projects', 'plain', 'robots'],
      value: () => ({ ...prunedRobot, access: [PULL] }),
    },
  ],
  lives: [
    {
      spec: () => ({
        name: 'gitops',
        duration: 90,
        system: ['registry:list', 'quota:list'],
        projects: { '*': ['repository:pull'] },
        secret: { env: 'ROBOT' },
      }),
      change: { duration: 30, disable: true, system: [], projects: { plain: ['repository:pull', 'repository:push'] } },
    },
    {
      spec: () => ({
        name: 'puller',
        project: 'prx',
        duration: -1,
        access: ['repository:pull'],
        secret_to: { file: 'puller.json', as: 'plain' },
      }),
      change: { description: 'pulls', access: ['repository:list', 'repository:pull'] },
    },
  ],
  drawn: () => ({
    root: {
      robots: namedOf({
        gitops: map(
          { secret: SECRET, system: [listRegistries], duration: 90 },
          { duration: one(30), projects: one({ '*': [PULL] }) },
        ),
      }),
    },
    project: {
      robots: namedOf({
        puller: map(
          { secret: SECRET, access: [PULL], duration: 90 },
          { duration: one(30), description: writtenText, disable: flag },
        ),
      }),
    },
  }),
};
