import { loadHostSettings } from '../../../src/deploy/host-settings';
import { environmentNames } from '../../../src/deploy/load-environment';
import { directoryWith } from '../../support/cli';

const findings = async (text: string): Promise<string[]> => {
  const { file, diagnostics } = await loadHostSettings(directoryWith({ 'prod.host.yaml': text }), 'prod');
  expect(file === undefined).toBe(diagnostics.length > 0);
  return diagnostics.map(({ rule, path, at }) => `${rule} ${path} ${at?.line}`);
};

it('are no environment', async () => {
  expect(await environmentNames(directoryWith({ 'prod.yaml': '', 'prod.host.yaml': '' }))).toEqual(['prod']);
});

it('may be absent', async () => {
  expect(await loadHostSettings(directoryWith({}), 'prod')).toEqual({ diagnostics: [] });
});

it.each([
  'docker_host_proxy: { https: "http://proxy.corp.example:3128" }\nansible_become_flags: -n\n',
  'harbor_host_settings: { proxy: { http_proxy: "http://{{ user }}:{{ password }}@proxy:3128" } }',
  "harbor_host_redis_password: \"{{ lookup('env', 'REDIS') }}\"",
  'harbor_host_trust_files: ["{{ breakwater_repository }}/certificates/ca.crt"]',
])('takes variables of the roles: %s', async (text) => {
  expect(await findings(text)).toEqual([]);
});

it.each<[string, RegExp]>([
  ['harbor_hots_settings: {}', /1$/],
  ['docker_host_packages: [docker.io]\nharbor: {}', / 2$/],
  ['harbor_host_admin_password: hunter22', /^secret-in-file harbor_host_admin_password 1$/],
  ['harbor_host_s3_secret_key: abc', /^secret-in-file/],
  ['docker_host_proxy:\n  https: "http://bot:hunter22@proxy:3128"', /^secret-in-file docker_host_proxy.https 2$/],
])('refuses %j', async (text, expected) => {
  expect(await findings(text)).toEqual([expect.stringMatching(expected)]);
});
