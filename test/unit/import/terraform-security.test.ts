import { writePolicies } from '../../../src/export';
import { importText } from '../../../src/import';
import { kinds } from '../../../src/kinds';

const harbor = { url: 'https://harbor.example.com' };

async function imported(type: string, body: object) {
  const text = JSON.stringify({ resource: { [type]: { main: body } } });
  const { objects, leftOut } = importText('main.tf.json', text, kinds);
  const policies = await writePolicies(objects, { kinds, origin: 'Imported.', harbor });
  return {
    specs: Object.fromEntries(policies.declaration.objects.map(({ address, spec }) => [address, spec])),
    left: [...leftOut, ...policies.leftOut].map(({ field }) => field),
    files: policies.files.map(({ text: file }) => file).join('\n'),
  };
}

const instance = { name: 'p2p-1', vendor: 'dragonfly', endpoint: 'https://dragonfly.example.com', enabled: true };
const canary = 'Canary-5eCr3t-Value';

it.each<[string, object, string, object]>([
  [
    'harbor_config_security',
    { cve_allowlist: ['CVE-2', 'CVE-1'], expires_at: 1_701_167_767 },
    'cve-allowlist/system',
    { items: ['CVE-1', 'CVE-2'], expires_at: '2023-11-28T10:36:07Z' },
  ],
  ['harbor_config_security', { cve_allowlist: ['CVE-1'] }, 'cve-allowlist/system', { items: ['CVE-1'] }],
  ['harbor_preheat_instance', { ...instance, auth_mode: 'NONE' }, 'preheat-instance/p2p-1', { vendor: 'dragonfly' }],
  [
    'harbor_preheat_instance',
    { ...instance, auth_mode: 'BASIC', username: 'bot', password: canary },
    'preheat-instance/p2p-1',
    { auth_info: { bot: { env: 'PREHEAT_INSTANCE_P2P_1_BOT' } } },
  ],
  [
    'harbor_preheat_instance',
    { ...instance, auth_mode: 'OAUTH', token: canary },
    'preheat-instance/p2p-1',
    { auth_info: { token: { env: 'PREHEAT_INSTANCE_P2P_1_TOKEN' } } },
  ],
  ['harbor_interrogation_services', { default_scanner: 'Trivy' }, 'scanner/Trivy', { default: true }],
  [
    'harbor_config_system',
    { banner_message: [{ message: 'Say "hi"', type: 'warning', closable: true, from_date: '03/01/2027' }] },
    'configuration/harbor',
    { banner_message: expect.stringContaining('"fromDate":"03/01/2027"') },
  ],
])('carries %s %j', async (type, body, address, spec) => {
  const { specs, left, files } = await imported(type, body);
  expect(specs[address]).toMatchObject(spec);
  expect(left).toEqual([]);
  expect(files).not.toContain(canary);
});

it.each<[string, object, string]>([
  ['harbor_interrogation_services', { default_scanner: 'Clair' }, 'default_scanner'],
  ['harbor_config_security', { cve_allowlist: [], expires_at: 1e300 }, 'expires_at'],
  ['harbor_config_system', { banner_message: { message: 'm', to_date: '2027-03-01' } }, 'to_date'],
])('reports what is left out of %s %j', async (type, body, field) => {
  expect((await imported(type, body)).left).toEqual([field]);
});
