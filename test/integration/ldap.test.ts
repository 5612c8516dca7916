import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox } from '../../src/sandbox';
import { cli, directoryWith } from '../support/cli';

const SUFFIX = 'dc=example,dc=com';
const SEARCH_DN = `cn=harbor,${SUFFIX}`;
const SEARCH_PASSWORD = 'a-password-of-the-search-user';
const ENV = { HARBOR_PASSWORD: 'Harbor12345', LDAP_PASSWORD: SEARCH_PASSWORD };

const CONFIG = (directory: string): string => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${directory}/slapd.pid
database mdb
suffix "${SUFFIX}"
rootdn "${SEARCH_DN}"
rootpw ${SEARCH_PASSWORD}
directory ${directory}/data
maxsize 10485760
access to * by users read by anonymous auth
`;

const ENTRIES = `
dn: ${SUFFIX}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: ou=people,${SUFFIX}
objectClass: organizationalUnit
ou: people

dn: uid=alice,ou=people,${SUFFIX}
objectClass: inetOrgPerson
uid: alice
cn: Alice Doe
sn: Doe
mail: alice@example.com

dn: uid=al*ce,ou=people,${SUFFIX}
objectClass: inetOrgPerson
uid: al*ce
cn: A Star
sn: Star

dn: cn=developers,${SUFFIX}
objectClass: groupOfNames
cn: developers
member: uid=alice,ou=people,${SUFFIX}
`;

/** A real slapd of this machine's package, with a configuration and data of its own, as the user who runs the tests. */
async function startSlapd(directory: string): Promise<{ url: string; process: ChildProcess }> {
  mkdirSync(join(directory, 'data'));
  writeFileSync(join(directory, 'slapd.conf'), CONFIG(directory));
  writeFileSync(join(directory, 'entries.ldif'), ENTRIES);
  execFileSync('/usr/sbin/slapadd', ['-f', 'slapd.conf', '-l', 'entries.ldif'], { cwd: directory, stdio: 'pipe' });
  const port = await freePort();
  const url = `ldap://127.0.0.1:${port}`;
  const child = spawn('/usr/sbin/slapd', ['-f', 'slapd.conf', '-h', url, '-d', '0'], { cwd: directory, stdio: 'pipe' });
  for (let tries = 0; tries < 200 && !(await answers(port)); tries++) await sleep(50);
  return { url, process: child };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });
}

describe('LDAP against a real slapd', () => {
  const directory = mkdtempSync(join(tmpdir(), 'breakwater-ldap-'));
  let slapd: Awaited<ReturnType<typeof startSlapd>>;
  let sandbox: Sandbox;

  beforeAll(async () => {
    slapd = await startSlapd(directory);
    sandbox = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 });
  }, 60_000);

  afterAll(async () => {
    await sandbox.close();
    slapd.process.kill();
    await new Promise((resolve) => slapd.process.once('close', resolve));
    rmSync(directory, { recursive: true, force: true });
  });

  function policies(change: Readonly<Record<string, string>> = {}, rest = '', url = sandbox.url): string {
    const configuration = {
      auth_mode: 'ldap_auth',
      ldap_url: `"${slapd.url}"`,
      ldap_search_dn: `"${SEARCH_DN}"`,
      ldap_search_password: '{ env: LDAP_PASSWORD }',
      ldap_base_dn: `"ou=people,${SUFFIX}"`,
      ldap_uid: 'uid',
      ldap_group_base_dn: `"${SUFFIX}"`,
      ldap_group_attribute_name: 'cn',
      ldap_group_search_filter: 'objectclass=groupOfNames',
      ...change,
    };
    const keys = Object.entries(configuration).map(([key, value]) => `${key}: ${value}`);
    return directoryWith({
      'harbor.yaml': [
        `harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }`,
        `configuration: { ${keys.join(', ')} }`,
        rest,
      ].join('\n'),
    });
  }

  async function pingsOf(directoryOfPolicies: string, env = ENV): Promise<{ outcome: string; message: string }> {
    const { out } = await cli(['doctor', '--policies', directoryOfPolicies, '--format', 'json'], env);
    const { examinations } = JSON.parse(out) as { examinations: { name: string; outcome: string; message: string }[] };
    return examinations.find(({ name }) => name === 'pings')!;
  }

  it('doctor has Harbor log in with what is declared', async () => {
    expect(await pingsOf(policies())).toMatchObject({
      outcome: 'ok',
      message: expect.stringContaining('configuration'),
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a server that is not there',
      { ldap_url: '"ldap://127.0.0.1:1"' },
      /cannot use ldap:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/,
    ],
    ['another user', { ldap_search_dn: `"cn=nobody,${SUFFIX}"` }, /LDAP Result Code 49 "InvalidCredentials"/],
  ])('doctor reports %s', async (_what, change, words) => {
    const { outcome, message } = await pingsOf(policies(change));
    expect(outcome).toBe('warning');
    expect(message).toMatch(words);
  });

  it('doctor reports a wrong password without showing it', async () => {
    const { outcome, message } = await pingsOf(policies(), { ...ENV, LDAP_PASSWORD: 'another-one' });
    expect(outcome).toBe('warning');
    expect(message).toMatch(/Result Code 49 "InvalidCredentials".*ldap_search_dn or ldap_search_password is wrong/);
    expect(message).not.toContain('another-one');
  });

  it('applies the configuration, a group by its DN, and a member of that group; then there is nothing to do', async () => {
    const rest = [
      `groups: { developers: { type: ldap, ldap_group_dn: "cn=developers,${SUFFIX}" } }`,
      'projects: { team: { members: [{ group: developers, role: developer }] } }',
    ].join('\n');
    const declared = policies({}, rest);
    const applied = await cli(['apply', '--policies', declared, '--yes'], ENV);
    expect(applied).toMatchObject({ code: 0 });
    const again = await cli(['plan', '--policies', declared], ENV);
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
    for (const text of [applied.out, applied.err, again.out]) expect(text).not.toContain(SEARCH_PASSWORD);
  });

  it('treats DNs in upper case, which Harbor stores in lower case, as equal', async () => {
    const dn = 'CN=Developers,DC=Example,DC=com';
    const rest = [
      `groups: { developers-in-capitals: { type: ldap, ldap_group_dn: "${dn}" } }`,
      'projects: { capitals: { members: [{ group: developers-in-capitals, role: developer }] } }',
    ].join('\n');
    // A group is there once by its DN, so this one gets a Harbor of its own.
    const other = await startSandbox({ password: ENV.HARBOR_PASSWORD, timeScale: 0.01 });
    try {
      const declared = policies({ ldap_group_admin_dn: `"${dn}"` }, rest, other.url);
      const applied = await cli(['apply', '--policies', declared, '--yes'], ENV);
      expect(applied).toMatchObject({ code: 0, out: expect.stringMatching(/4 applied\.\n$/) });
      const again = await cli(['plan', '--policies', declared], ENV);
      expect(again).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
    } finally {
      await other.close();
    }
  });

  it('refuses a group that the directory does not have', async () => {
    const rest = `groups: { ghosts: { type: ldap, ldap_group_dn: "cn=ghosts,${SUFFIX}" } }`;
    const applied = await cli(['apply', '--policies', policies({}, rest), '--yes'], ENV);
    expect(applied.code).not.toBe(0);
    expect(applied.out + applied.err).toMatch(/cn=ghosts,dc=example,dc=com/);
  });

  it.each([
    ['users/search?username=ali', [{ username: 'alice', realname: 'Alice Doe', email: 'alice@example.com' }]],
    // What is typed is a value and never a filter.
    ['users/search?username=l*', [{ username: 'al*ce', realname: 'A Star', email: '' }]],
    [
      'groups/search?groupname=dev',
      [{ group_name: 'developers', group_type: 1, ldap_group_dn: `cn=developers,${SUFFIX}` }],
    ],
  ])('the sandbox searches: %s', async (path, expected) => {
    const authorization = `Basic ${Buffer.from(`admin:${ENV.HARBOR_PASSWORD}`).toString('base64')}`;
    const response = await fetch(`${sandbox.url}/api/v2.0/ldap/${path}`, { headers: { authorization } });
    expect(await response.json()).toEqual(expected);
  });
});
