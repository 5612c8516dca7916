import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostsToml } from '../../../src/clients/support/hosts-toml';

const TEMPLATE = join(__dirname, '../../../ansible/roles/trust_client/templates/hosts.toml.j2');

/** As much of Jinja as the template uses; blocks on lines of their own leave nothing behind (trim_blocks). */
function jinja(template: string, variables: Readonly<Record<string, string | boolean>>): string {
  const chosen = template.replace(/\{% if (\w+) %\}\n([\s\S]*?)\{% endif %\}\n/g, (_all, name: string, body: string) =>
    variables[name] ? body : '',
  );
  return chosen.replace(/\{\{ (\w+) \}\}/g, (_all, name: string) => String(variables[name]));
}

describe('the hosts.toml of trust_client', () => {
  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('is what clients render writes (authority %s, pair %s)', (hasCa, hasPair) => {
    const text = jinja(readFileSync(TEMPLATE, 'utf8'), {
      ansible_managed: 'by Ansible',
      item: 'harbor.corp.test:8443',
      trust_client_ca_files: hasCa,
      trust_client_key_file: hasPair,
    });
    expect(text).toBe(
      hostsToml({
        head: ['by Ansible'],
        host: {
          url: 'https://harbor.corp.test:8443',
          overridePath: false,
          ...(hasCa && { ca: 'ca.crt' }),
          ...(hasPair && { client: ['client.cert', 'client.key'] }),
        },
      }),
    );
  });
});
