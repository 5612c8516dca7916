import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import record from '../../../scripts/provider-types/docker.json';
import { reduceSchema } from '../../../scripts/provider-types/schema';
import { loadInputs } from '../../../src/deploy/inputs';
import { KUBERNETES } from '../../../stacks/cluster';
import { synthesise } from '../../../stacks/synthesise';
import { CHARTS, checkOut } from '../helm/helm';
import { temporaryFolder } from '../real-parts';
import { BINARY, hasProvider, MIRROR, Terraform } from './terraform';

const ROOT = resolve(__dirname, '../../..');
const GOLDEN = join(ROOT, 'test/golden/stacks');

interface Golden {
  readonly terraform: { readonly required_providers: Record<string, { source: string; version: string }> };
}

const STACKS = readdirSync(GOLDEN).flatMap((environment) =>
  readdirSync(join(GOLDEN, environment)).map((file) => [environment, file.replace('.json', '')] as const),
);

/** Of a stack: the providers that the mirror has not. */
function missingProviders(environment: string, stack: string): string[] {
  const text = readFileSync(join(GOLDEN, environment, `${stack}.json`), 'utf8');
  const { required_providers: providers } = (JSON.parse(text) as Golden).terraform;
  return missingOf(Object.values(providers));
}

function missingOf(providers: readonly { readonly source: string; readonly version: string }[]): string[] {
  if (MIRROR === undefined || spawnSync(BINARY, ['version']).status !== 0) return [`${BINARY} and a provider mirror`];
  return providers
    .filter(({ source, version }) => !hasProvider(version, source))
    .map(({ source, version }) => `${source} ${version}`);
}

/** `it` where nothing is missing; what is missing is said and fails nothing. */
function itWith(missing: readonly string[], subject: string): jest.It {
  if (missing.length === 0) return it;
  process.stderr.write(`skipped: ${subject} compared with its provider: no ${missing.join(', ')}\n`);
  return it.skip;
}

describe.each(STACKS)(`the stacks of %s, by ${BINARY}`, (environment, stack) => {
  itWith(missingProviders(environment, stack), `${environment}/${stack}`)(
    `${stack} is valid for its provider`,
    async () => {
      const folder = temporaryFolder();
      try {
        const { inputs } = await loadInputs(join(ROOT, 'stacks'), environment);
        const outdir = join(folder.path, 'cdktf.out');
        // The schema of the resources is what is compared with; a backend would be asked for its credentials.
        synthesise({ ...inputs!, environment: { ...inputs!.environment, state: { backend: 'local' } } }, outdir);
        const terraform = new Terraform(outdir, folder.path);
        expect(terraform.init(stack)).toMatchObject({ status: 0 });
        expect(terraform.run(stack, 'validate')).toMatchObject({ status: 0 });
      } finally {
        folder.remove();
      }
    },
    120_000,
  );
});

describe('the budgets of a cluster with a chart before 1.19', () => {
  itWith(missingOf([KUBERNETES]), 'the budgets of a cluster')(
    'are valid for the provider of Kubernetes',
    async () => {
      const folder = temporaryFolder();
      try {
        const { inputs } = await loadInputs(join(ROOT, 'stacks'), 'example-cluster');
        const { environment } = inputs!;
        const cluster = {
          ...environment.cluster!,
          chart_version: '1.18.3',
          kubeconfig: '/etc/kube.yaml',
          context: 'prod',
        };
        const outdir = join(folder.path, 'cdktf.out');
        synthesise({ ...inputs!, environment: { ...environment, cluster, state: { backend: 'local' } } }, outdir);
        // Helm's provider has a test of its own above.
        const file = join(outdir, 'stacks/cluster/cdk.tf.json');
        const json = JSON.parse(readFileSync(file, 'utf8')) as Record<
          'provider' | 'resource',
          Record<string, unknown>
        > &
          Golden;
        for (const part of [json.provider, json.terraform.required_providers, json.resource])
          for (const key of ['helm', 'helm_release']) delete part[key];
        expect(Object.keys(json.resource)).toEqual(['kubernetes_pod_disruption_budget_v1']);
        writeFileSync(file, JSON.stringify(json));
        const terraform = new Terraform(outdir, folder.path);
        expect(terraform.init('cluster')).toMatchObject({ status: 0 });
        expect(terraform.run('cluster', 'validate')).toMatchObject({ status: 0 });
      } finally {
        folder.remove();
      }
    },
    120_000,
  );
});

const HELM_PROVIDER = { source: 'hashicorp/helm', version: '3.1.2' };
const CHART_CLONE = CHARTS === undefined ? ['clone of goharbor/harbor-helm (BREAKWATER_HARBOR_HELM)'] : [];
/** Of a cluster that does not answer: a plan asks only for the chart. */
const KUBECONFIG = JSON.stringify({
  clusters: [{ name: 'prod', cluster: { server: 'https://127.0.0.1:1' } }],
  contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'prod' } }],
  users: [{ name: 'prod', user: { token: 'x' } }],
});

describe.each(['1.18.3', '1.19.2'])('the whole stack of a cluster with chart %s', (chart_version) => {
  itWith([...missingOf([HELM_PROVIDER, KUBERNETES]), ...CHART_CLONE], 'the whole stack of a cluster')(
    'is valid, and planned with the real chart and both providers',
    async () => {
      const folder = temporaryFolder();
      const chart = checkOut(chart_version);
      try {
        const kubeconfig = join(folder.path, 'kube.yaml');
        writeFileSync(kubeconfig, KUBECONFIG);
        const { inputs } = await loadInputs(join(ROOT, 'stacks'), 'example-cluster');
        const { environment } = inputs!;
        const cluster = { ...environment.cluster!, chart_version, kubeconfig, context: 'prod' };
        const outdir = join(folder.path, 'cdktf.out');
        synthesise({ ...inputs!, environment: { ...environment, cluster, state: { backend: 'local' } } }, outdir);
        const file = join(outdir, 'stacks/cluster/cdk.tf.json');
        const json = JSON.parse(readFileSync(file, 'utf8')) as {
          resource: { helm_release: { harbor: Record<string, unknown> } };
        };
        const { repository, ...release } = json.resource.helm_release.harbor;
        expect(repository).toBe('https://helm.goharbor.io');
        json.resource.helm_release.harbor = { ...release, chart };
        writeFileSync(file, JSON.stringify(json));
        mkdirSync(join(folder.path, 'state', environment.name), { recursive: true });
        const terraform = new Terraform(outdir, folder.path);
        expect(terraform.init('cluster')).toMatchObject({ status: 0 });
        expect(terraform.run('cluster', 'validate')).toMatchObject({ status: 0 });
        const budgets = ['core', 'exporter', 'jobservice', 'portal', 'registry'];
        const planned = Object.keys(terraform.actions('cluster')).sort();
        expect(planned).toEqual([
          'helm_release.harbor',
          ...(chart_version === '1.18.3' ? budgets.map((id) => `kubernetes_pod_disruption_budget_v1.${id}`) : []),
        ]);
      } finally {
        rmSync(chart, { recursive: true });
        folder.remove();
      }
    },
    120_000,
  );
});

describe('scripts/provider-types/docker.json', () => {
  itWith(missingProviders('example', 'images'), 'the record of the docker provider')(
    'is the schema of the real provider',
    () => {
      const folder = temporaryFolder();
      try {
        const stack = join(folder.path, 'stacks', 'schema');
        mkdirSync(stack, { recursive: true });
        const docker = { source: record.source, version: record.version };
        writeFileSync(join(stack, 'main.tf.json'), JSON.stringify({ terraform: { required_providers: { docker } } }));
        const terraform = new Terraform(folder.path, folder.path);
        expect(terraform.init('schema')).toMatchObject({ status: 0 });
        const { output } = terraform.run('schema', 'providers', 'schema', '-json');
        const [resources, data] = [Object.keys(record.resources), Object.keys(record.data)];
        expect(reduceSchema(JSON.parse(output), { ...docker, resources, data })).toEqual(record);
      } finally {
        folder.remove();
      }
    },
    120_000,
  );
});
