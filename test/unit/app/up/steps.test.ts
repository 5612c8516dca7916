import {
  commandLines,
  destroySteps,
  selectSteps,
  steps,
  type Deployment,
  type Step,
} from '../../../../src/app/up/steps';

const DEPLOYMENT: Deployment = {
  name: 'prod',
  file: 'stacks/environments/prod.yaml',
  hostname: 'harbor.corp.internal',
  mirrorHostnames: [],
  harborVersion: 'v2.15.2',
  edge: true,
  machine: false,
  cluster: false,
  host: { address: '10.0.0.7', user: 'deploy', port: 22, local: false },
};
const OPTIONS = {
  upgrade: false,
  reports: '.breakwater/up/prod',
  declaration: ['--policies', 'policies'],
  waitSeconds: 600,
  yes: false,
};

function idsOf(all: readonly Step[]): string {
  return all.map(({ id }) => id).join(' ');
}

it.each([
  ['on a host that is there', {}, {}, 'host images harbor edge health apply conform'],
  ['on its own machine', { machine: true }, {}, 'machine host images harbor edge health apply conform'],
  ['on a cluster', { cluster: true }, {}, 'cluster health apply conform'],
  ['without Traefik', { edge: false }, {}, 'host images harbor health apply conform'],
  [
    'on a machine of a pair, whose address moves away at an upgrade',
    { movesAddress: true },
    { upgrade: true },
    'before drain host images harbor edge return health apply conform',
  ],
  ['on a machine of a pair otherwise', { movesAddress: true }, {}, 'host images harbor edge health apply conform'],
  ['as an upgrade', {}, { upgrade: true }, 'before host images harbor edge health apply conform'],
])('the order %s', (_what, deployment, options, ids) => {
  expect(idsOf(steps({ ...DEPLOYMENT, ...deployment }, { ...OPTIONS, ...options }))).toBe(ids);
});

it.each([
  [{}, 'edge harbor images'],
  [{ edge: false }, 'harbor images'],
  [{ cluster: true }, 'cluster'],
  [{ machine: true }, 'edge harbor images'],
])('takes down %j in the order that works, and never the machine', (deployment, ids) => {
  expect(idsOf(destroySteps({ ...DEPLOYMENT, ...deployment }))).toBe(ids);
});

it.each([
  [{ from: 'edge' }, 'edge health apply conform'],
  [{ only: 'images' }, 'images'],
  [{ to: 'harbor' }, 'host images harbor'],
  [{ from: 'images', to: 'images' }, 'images'],
  [{}, 'host images harbor edge health apply conform'],
])('selects %j', (selection, ids) => {
  expect(idsOf(selectSteps(steps(DEPLOYMENT, OPTIONS), selection) as readonly Step[])).toBe(ids);
});

it.each([
  [{ from: 'egde' }, 'did you mean "edge"?'],
  [{ only: 'machine' }, 'its steps: host, images, harbor, edge, health, apply, conform'],
  [{ to: 'heath' }, 'did you mean "health"?'],
  [{ from: 'edge', to: 'host' }, 'the order: host, images, harbor, edge, health, apply, conform'],
])('has no steps for %j', (selection, hint) => {
  expect(selectSteps(steps(DEPLOYMENT, OPTIONS), selection)).toMatchObject({ hint });
});

const TOOLS = { terraform: 'terraform', synth: 'dist/stacks/main.js', ansible: 'ansible' };

it('examines one machine of a pair by its own address, before and after', () => {
  const all = steps({ ...DEPLOYMENT, connectTo: 'harbor.corp.internal=10.0.0.7' }, { ...OPTIONS, upgrade: true });
  const asked = all.flatMap(({ actions }) => actions.flatMap((one) => (one.kind === 'breakwater' ? [one.args] : [])));
  const with_ = asked.filter((args) => args.join(' ').endsWith('--connect-to harbor.corp.internal=10.0.0.7'));
  expect(with_.map(([command]) => command)).toEqual(['conform', 'health', 'conform']);
});

it('passes to Ansible which machine of a pair it is, and whether it is drained', () => {
  const pairVariables = { host: { address: '10.0.0.7' }, breakwater_node: 'a' };
  const pair = { ...DEPLOYMENT, pairVariables, movesAddress: true };
  const all = steps(pair, { ...OPTIONS, upgrade: true });
  const tools = { terraform: 'terraform', ansible: 'ansible', synth: 'dist/stacks/main.js' };
  const line = (id: string): string =>
    all
      .filter((one) => one.id === id)
      .flatMap(({ actions }) => actions.flatMap((action) => commandLines(pair, action, tools)))[0]!;
  expect(line('host')).toContain(`-e '{"host":{"address":"10.0.0.7"},"breakwater_node":"a"}'`);
  expect(line('drain')).toMatch(/playbooks\/pair\.yml .*"harbor_pair_drained":true}'/);
  expect(line('return')).toMatch(/playbooks\/pair\.yml .*"harbor_pair_drained":false}'/);
});

describe('the commands to type by hand', () => {
  const lines = (all: readonly Step[]): string[] =>
    all.flatMap(({ actions }) => actions.flatMap((action) => commandLines(DEPLOYMENT, action, TOOLS)));

  it('for the whole order', () => {
    expect(lines(steps(DEPLOYMENT, { ...OPTIONS, upgrade: true, yes: true }))).toMatchSnapshot();
  });

  it('for the way down', () => {
    expect(lines(destroySteps(DEPLOYMENT)).filter((line) => / plan |cdktf d/.test(line))).toMatchSnapshot();
  });

  it('for a repository that depends on the package', () => {
    const installed = 'node_modules/breakwater';
    const tools = {
      terraform: 'tofu',
      synth: `${installed}/dist/stacks/main.js`,
      ansible: `${installed}/ansible`,
      repository: '/srv/harbor',
    };
    const [first, second] = steps(DEPLOYMENT, OPTIONS).flatMap(({ actions }) =>
      actions.map((action) => commandLines(DEPLOYMENT, action, tools)[0]),
    );
    expect(first).toBe(
      'ANSIBLE_CONFIG=node_modules/breakwater/ansible/ansible.cfg ansible-playbook ' +
        'node_modules/breakwater/ansible/playbooks/host.yml -e @stacks/environments/prod.yaml ' +
        '-e breakwater_environment=prod -e breakwater_repository=/srv/harbor',
    );
    expect(second).toBe('BREAKWATER_ENVIRONMENT=prod node node_modules/breakwater/dist/stacks/main.js');
  });

  it('quotes what a shell would take apart', () => {
    const action = { kind: 'breakwater', args: ['apply', '--policies', "it's mine"] } as const;
    expect(commandLines(DEPLOYMENT, action, TOOLS)).toEqual(["breakwater apply --policies 'it'\\''s mine'"]);
  });
});
