import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { callApi } from './harbor-api';

const OIDC = 'oidc_endpoint: "https://dex.example.com", oidc_client_id: h';
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
  await callApi(sandbox, 'PUT', '/configurations', { oidc_endpoint: 'https://dex.example.com', oidc_client_id: 'h' });
});
afterAll(() => sandbox.close());

it('a saved plan with a secret that is new since --base is applied with the same --base, and refused without', async () => {
  const base = directoryWith({ 'harbor.yaml': `configuration: { ${OIDC} }` });
  const directory = directoryWith({
    'harbor.yaml': [
      `harbor: { url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD } }`,
      `configuration: { ${OIDC}, oidc_client_secret: { env: SECRET } }`,
    ].join('\n'),
  });
  const file = join(directory, 'plan.json');
  const ran = (...argv: string[]): Promise<CliResult> =>
    cli([...argv, '--policies', directory], { HARBOR_PASSWORD: 'Harbor12345', SECRET: 'Client-5ecret' });
  const journal = ['--journal', join(directory, 'journal.jsonl')];
  expect(await ran('plan', '--base', base, '--out', file)).toMatchObject({ code: 0 });
  expect(await ran('apply', file, ...journal)).toMatchObject({ code: 3 });
  const { code, out } = await ran('apply', file, '--base', base, ...journal, '--format', 'json');
  expect({ code, report: JSON.parse(out) as object }).toMatchObject({
    code: 0,
    report: { ok: [{ address: 'configuration/harbor' }], stale: [] },
  });
});
