import {
  startScannerAdapter,
  type ScannerAdapter,
  type ScannerAdapterOptions,
} from '../../../../src/sandbox/scanner-adapter';

const finding = (id: string, severity: 'Low' | 'Critical') => ({
  id,
  package: 'p',
  version: '1',
  fix_version: '',
  severity,
  description: '',
  links: [],
});
const findings = {
  'sha256:aa': [finding('CVE-1', 'Low'), finding('CVE-2', 'Critical')],
  'prx/clean': [],
  '*': [finding('CVE-3', 'Low')],
};

async function withAdapter(
  options: ScannerAdapterOptions,
  test: (adapter: ScannerAdapter) => Promise<void>,
): Promise<void> {
  const adapter = await startScannerAdapter(options);
  try {
    await test(adapter);
  } finally {
    await adapter.close();
  }
}

async function reportOn({ url }: ScannerAdapter, artifact: object): Promise<ReturnType<typeof JSON.parse>> {
  const registry = { url: 'http://harbor', authorization: 'Basic eA==' };
  const body = JSON.stringify({ registry, artifact });
  const accepted = await fetch(`${url}/api/v1/scan`, { method: 'POST', body });
  expect(accepted.status).toBe(202);
  const { id } = (await accepted.json()) as { id: string };
  const report = await fetch(`${url}/api/v1/scan/${id}/report`);
  expect(report.headers.get('content-type')).toBe('application/vnd.security.vulnerability.report; version=1.1');
  return report.json();
}

it('says what it can scan', async () => {
  await withAdapter({}, async ({ url }) => {
    const answer = await fetch(`${url}/api/v1/metadata`);
    expect(answer.headers.get('content-type')).toBe('application/vnd.scanner.adapter.metadata+json; version=1.0');
    expect(await answer.json()).toMatchObject({
      scanner: { name: 'Fixture', vendor: 'Fixture Inc', version: '1.0' },
      capabilities: [{ type: 'vulnerability' }],
    });
  });
});

it.each([
  [{ repository: 'prx/a', digest: 'sha256:aa' }, ['CVE-1', 'CVE-2'], 'Critical'],
  [{ repository: 'prx/clean', digest: 'sha256:bb' }, [], 'Unknown'],
  [{ repository: 'prx/other', digest: 'sha256:bb' }, ['CVE-3'], 'Low'],
])('reports on %j what was declared for it', async (artifact, ids, severity) => {
  await withAdapter({ findings }, async (adapter) => {
    const report = await reportOn(adapter, artifact);
    expect(report).toMatchObject({ artifact, severity });
    expect(report.vulnerabilities.map(({ id }: { id: string }) => id)).toEqual(ids);
  });
});

it.each([
  ['POST', '/api/v1/scan', '{}', 422],
  ['POST', '/api/v1/scan', 'nonsense', 422],
  ['GET', '/api/v1/scan/unknown/report', undefined, 404],
  ['GET', '/', undefined, 404],
])('refuses %s %s %s', async (method, path, body, status) => {
  await withAdapter({}, async ({ url }) => {
    const answer = await fetch(url + path, { method, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: { message: expect.any(String) } });
  });
});

it('lets in only who shows what was agreed', async () => {
  await withAdapter({ authorization: 'Bearer t' }, async ({ url }) => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${url}/api/v1/metadata`, { headers })).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer t' })).toBe(200);
  });
});
