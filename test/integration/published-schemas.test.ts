import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { startFixtureUpstream, type FixtureUpstream } from '../../src/upstream';
import { cli, directoryWith } from '../support/cli';

const REFERENCE = resolve(__dirname, '../../docs/reference');
const ENV = { HARBOR_PASSWORD: 'Harbor12345', PATH: process.env['PATH'] ?? '' };

let sandbox: Sandbox;
let upstream: FixtureUpstream;
let root: string;

beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.02 });
  upstream = await startFixtureUpstream();
  upstream.put('library/good', '1', 'a');
  root = directoryWith({
    'policies/a.yaml': policies(),
    'manifests/pod.yaml': 'apiVersion: v1\nkind: Pod\nspec: { containers: [{ name: a, image: nginx:1.27 }] }\n',
    'pods.json': JSON.stringify({ items: [pod('good', 1), pod('unknown', 2)] }),
  });
});

afterAll(async () => {
  await sandbox.close();
  await upstream.close();
});

function policies(): string {
  return `
harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }
registries: { out: { type: docker-registry, url: "${upstream.url}" } }
projects:
  proxy.good: { registry: out, public: true, conformance: { pull: [library/good:1] } }
  proxy.bad: { registry: out, public: true, conformance: { pull: [library/missing:1] } }
clients: { nodes: { client: kaniko, registries: { '${new URL(upstream.url).host}': proxy.good } } }
`;
}

function pod(name: string, digit: number): object {
  const image = `${new URL(upstream.url).host}/library/${name}`;
  return {
    metadata: { namespace: 'web', name },
    spec: { nodeName: 'n1', containers: [{ name, image }] },
    status: {
      containerStatuses: [
        {
          name,
          imageID: `${image}@sha256:${String(digit).repeat(64)}`,
          state: { running: { startedAt: '2026-11-28T03:14:00Z' } },
        },
      ],
    },
  };
}

/** The schema that readers get, compiled as strictly as ajv can. */
function faultsOf(schema: string, text: string): unknown {
  const published: object = JSON.parse(readFileSync(join(REFERENCE, `${schema}.schema.json`), 'utf8'));
  const validate = new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(published);
  validate(JSON.parse(text));
  return validate.errors ?? [];
}

/** In this order: later commands see what earlier ones did. */
describe('what commands print as JSON is valid by its published schema', () => {
  it.each<[schema: string, codes: readonly number[], argv: readonly string[]]>([
    ['plan', [0], ['plan', '--format', 'json', '--explain']],
    ['plan', [2], ['drift', '--format', 'json']],
    ['conformance-report', [7], ['conform', '--format', 'json']],
    ['conformance-report', [7], ['conform', '--format', 'json', '--details', 'all', '--project', 'proxy.bad']],
    ['conformance-report', [1], ['clients', 'verify', '--format', 'json', '--root', 'ROOT']],
    ['conformance-report', [1], ['clients', 'verify', '--format', 'json', '--pods', 'ROOT/pods.json']],
    ['inventory', [0], ['inventory', 'scan', '--format', 'json', 'ROOT/manifests']],
  ])('%s, exit code %j: %j', async (schema, codes, argv) => {
    if (argv[0] === 'conform') await applied();
    const words = argv.map((word) => word.replace('ROOT', root));
    const { code, out, err } = await cli([...words, '--policies', join(root, 'policies')], ENV, root);
    expect({ code: codes.includes(code), faults: faultsOf(schema, out), err: code }).toEqual({
      code: true,
      faults: [],
      err: code,
    });
    expect(err).not.toContain('internal error');
  });

  it('conformance-report: of clients, merged with the report of a run', async () => {
    const at = (name: string): string => join(root, name, 'report.json');
    const flags = ['--policies', join(root, 'policies')];
    const clients = await cli(['clients', 'verify', '--format', 'json', '--root', root, ...flags], ENV, root);
    mkdirSync(join(root, 'clients'));
    writeFileSync(at('clients'), clients.out);
    await cli(['conform', '--report', join(root, 'run'), '--check', 'T4', ...flags], ENV, root);
    const merged = await cli(['report', 'merge', '--format', 'json', at('clients'), at('run')], ENV, root);
    expect(faultsOf('conformance-report', merged.out)).toEqual([]);
    expect(faultsOf('conformance-report', clients.out)).toEqual([]);
  });
});

async function applied(): Promise<void> {
  const { code, err } = await cli(['apply', '--yes', '--policies', join(root, 'policies')], ENV, root);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
}
