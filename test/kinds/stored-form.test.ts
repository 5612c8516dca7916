import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { configuration } from '../../src/kinds/configuration';
import type { AnyKind } from '../../src/kinds/kind';
import { registry } from '../../src/kinds/registry';
import { scanner } from '../../src/kinds/scanner';
import { userGroup } from '../../src/kinds/user-group';
import { startScannerAdapter, type ScannerAdapter } from '../../src/scanner-adapter';
import { bringTo, withSandbox } from './support/with-sandbox';

let adapter: ScannerAdapter;
let upstream: Server;

beforeAll(async () => {
  adapter = await startScannerAdapter();
  upstream = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await adapter.close();
  await new Promise((resolve) => upstream.close(resolve));
});

interface Case {
  readonly kind: AnyKind;
  readonly spec: () => object;
  /** A call, and where in its answer the value stands. */
  readonly call: string;
  readonly at: readonly (string | number)[];
  readonly stored: () => string;
}

const DN = ' CN=Developers,OU=Groups,DC=Example,DC=COM ';
const STORED_DN = 'cn=developers,ou=groups,dc=example,dc=com';
const upstreamHost = () => `127.0.0.1:${(upstream.address() as AddressInfo).port}`;

/** Harbor stores these in another form than it was sent (measured on v2.15.2). */
const CASES: [string, Case][] = [
  [
    'the DN of a group',
    {
      kind: userGroup,
      // Of type ldap only with a directory behind it; Harbor stores the DN of every type alike.
      spec: () => ({ name: 'developers', type: 'http', ldap_group_dn: DN }),
      call: '/usergroups',
      at: [0, 'ldap_group_dn'],
      stored: () => STORED_DN,
    },
  ],
  [
    'the DN of the administrators',
    {
      kind: configuration,
      spec: () => ({ ldap_group_admin_dn: DN }),
      call: '/configurations',
      at: ['ldap_group_admin_dn', 'value'],
      stored: () => STORED_DN,
    },
  ],
  [
    'a registry without a scheme, with a slash and blanks',
    {
      kind: registry,
      spec: () => ({ name: 'r', type: 'docker-registry', url: ` ${upstreamHost()}// ` }),
      call: '/registries',
      at: [0, 'url'],
      stored: () => `http://${upstreamHost()}`,
    },
  ],
  [
    'a scheme in capitals',
    {
      kind: registry,
      spec: () => ({ name: 'r', type: 'docker-registry', url: `HTTP://${upstreamHost()}` }),
      call: '/registries',
      at: [0, 'url'],
      stored: () => `http://${upstreamHost()}`,
    },
  ],
  [
    'the adapter of a scanner',
    {
      kind: scanner,
      spec: () => ({ name: 's', url: `${adapter.url.replace('http:', 'HTTP:')}/` }),
      call: '/scanners',
      at: [0, 'url'],
      stored: () => adapter.url,
    },
  ],
];

it.each(CASES)(
  '%s is stored in another form, and is no difference',
  async (_what, { kind, spec, call, at, stored }) => {
    await withSandbox(async (context) => {
      await bringTo(kind, context, spec());
      const answer = await context.client.get<unknown>(call);
      expect(at.reduce<unknown>((value, key) => (value as never)[key], answer)).toBe(stored());
      expect(await bringTo(kind, context, spec())).toEqual([]);
    });
  },
);

it('keeps every other text of the configuration as it was sent', async () => {
  const sent = {
    ldap_uid: ' uid ',
    ldap_group_base_dn: ' OU=Groups,DC=Example ',
    oidc_endpoint: 'https://dex.example.com/',
  };
  await withSandbox(async (context) => {
    await bringTo(configuration, context, sent);
    const { spec } = (await configuration.read(context, 'harbor'))!;
    expect(spec).toMatchObject(sent);
  });
});
