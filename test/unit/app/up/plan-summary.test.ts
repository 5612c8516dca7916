import { planSummaryText, summarisePlan } from '../../../../src/app/up/steps';

const image = (version: string, digest: string): string =>
  `goharbor/harbor-core:${version}@sha256:${digest.repeat(64)}`;

/** As `terraform show -json` writes a saved plan, shortened to what is read of it. */
const PLAN = JSON.stringify({
  format_version: '1.2',
  resource_changes: [
    change(
      'docker_container.core',
      ['delete', 'create'],
      { name: 'harbor-core', image: image('v2.14.4', 'a') },
      {
        name: 'harbor-core',
        image: image('v2.15.2', 'b'),
      },
    ),
    change(
      'docker_container.registry',
      ['create', 'delete'],
      { name: 'harbor-registry', image: 'r:1' },
      {
        name: 'harbor-registry',
        image: 'r:1',
      },
    ),
    change('docker_container.portal', ['no-op'], { name: 'harbor-portal' }, { name: 'harbor-portal' }),
    change('docker_container.exporter', ['create'], null, { name: 'harbor-exporter' }),
    change('docker_network.egress', ['update'], { name: 'harbor-egress' }, { name: 'harbor-egress' }),
    change('docker_container.log', ['delete'], { name: 'harbor-log' }, null),
    { ...change('data.docker_image.core', ['read'], null, {}), mode: 'data' },
    change('null_resource.nameless', ['create'], null, {}),
  ],
});

function change(address: string, actions: string[], before: object | null, after: object | null): object {
  return { address, mode: 'managed', change: { actions, before, after } };
}

it('reports which containers are replaced, and by what', () => {
  expect(planSummaryText(summarisePlan(PLAN)!)).toBe(
    [
      'creates 2: harbor-exporter, null_resource.nameless',
      'changes in place 1: harbor-egress',
      'replaces 2:',
      '  harbor-core  goharbor/harbor-core:v2.14.4 (aaaaaaaa) -> goharbor/harbor-core:v2.15.2 (bbbbbbbb)',
      '  harbor-registry  new configuration',
      'destroys 1: harbor-log',
    ].join('\n'),
  );
});

it.each(['', 'null', 'Error: unsupported attribute'])('reads no plan from %j', (text) => {
  expect(summarisePlan(text)).toBeUndefined();
});

it('has nothing to say of an empty plan', () => {
  expect(planSummaryText(summarisePlan('{"format_version":"1.2"}')!)).toBe('');
});
