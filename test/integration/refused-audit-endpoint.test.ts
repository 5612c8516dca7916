import { join } from 'node:path';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith, type CliResult } from '../support/cli';
import { callApi } from './harbor-api';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ timeScale: 0.01 });
});
afterAll(() => sandbox.close());

it('an audit endpoint that Harbor refuses is not taken for stored by the next plan', async () => {
  const login = `url: ${sandbox.url}, username: admin, password: { env: HARBOR_PASSWORD }`;
  const endpoint = 'audit_log_forward_endpoint: "127.0.0.1:1"';
  const directory = directoryWith({ 'harbor.yaml': `harbor: { ${login} }\nconfiguration: { ${endpoint} }` });
  const ran = (...argv: string[]): Promise<CliResult> =>
    cli([...argv, '--policies', directory], { HARBOR_PASSWORD: 'Harbor12345' });
  const applied = await ran('apply', '--yes', '--journal', join(directory, 'journal.jsonl'));
  expect(applied.code).not.toBe(0);
  expect(applied.err + applied.out).toContain('could not connect to the audit endpoint');
  const { body } = await callApi(sandbox, 'GET', '/configurations');
  expect(body).toMatchObject({ audit_log_forward_endpoint: { value: '' } });
  expect((await ran('plan')).out).toContain('audit_log_forward_endpoint');
});
