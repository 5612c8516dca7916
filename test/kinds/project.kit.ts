import { projectShape } from '../../src/kinds/support/project-shape';
import fc from 'fast-check';
import type { JsonObject } from '../../src/json';
import { METADATA, METADATA_KEYS, SEVERITIES } from '../../src/kinds/support/project-metadata';
import { FILTER_KINDS } from '../../src/kinds/support/repository-filter';
import { allowlists } from './cve-allowlist.kit';
import type { KindKit, World } from './kit';
import { flag, one, shortName, some } from './support/arbitraries';
import { part, type Wire } from './support/by-hand';

/** Only keys that Harbor keeps on this sort of project. */
const specs = fc.option(fc.constantFrom('docker-hub', 'quay'), { nil: undefined }).chain((upstream) => {
  const keys = METADATA_KEYS.filter((key) => (METADATA[key].only ?? sortOf(upstream)) === sortOf(upstream));
  const values = {
    boolean: fc.boolean(),
    limit: fc.integer({ min: -1, max: 2 ** 31 - 1 }),
    severity: fc.constantFrom(...SEVERITIES),
    pattern: fc.constantFrom('', 'library/.*', 'Library/A.*'),
    filterKind: fc.constantFrom(...FILTER_KINDS),
  };
  const metadata = Object.fromEntries(keys.map((key) => [key, values[METADATA[key].type] as fc.Arbitrary<unknown>]));
  return fc
    .record({ ...metadata, cve_allowlist: allowlists }, some)
    .chain((set) =>
      shortName.map((name) => ({ name, ...(upstream === undefined ? {} : { registry: upstream }), ...set })),
    );
});

function sortOf(upstream: string | undefined): 'proxy' | 'ordinary' {
  return upstream === undefined ? 'ordinary' : 'proxy';
}

const metadata = (changes: Readonly<Record<string, string>>): Readonly<Record<string, Wire>> =>
  Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, { metadata: { [key]: value } }]));

const proxyWith =
  (fields: JsonObject) =>
  ({ upstream }: World): JsonObject => ({
    registries: { up: { type: 'docker-registry', url: upstream } },
    projects: { prx: { registry: 'up', ...fields } },
  });
const filtered = proxyWith({ proxy_cache_filter_pattern: 'library/.*', proxy_cache_filter_kind: 'regex' });

const PROXY: JsonObject = {
  registry: 'up',
  public: true,
  enable_content_trust_cosign: false,
  prevent_vul: true,
  severity: 'high',
  auto_scan: true,
  auto_sbom_generation: false,
  reuse_sys_cve_allowlist: false,
  proxy_speed_kb: 1000,
  max_upstream_conn: 5,
  proxy_cache_local_on_not_found: true,
  proxy_cache_filter_pattern: 'library/.*',
  proxy_cache_filter_kind: 'doublestar',
  proxy_referrer_api: true,
  cve_allowlist: { items: ['CVE-2026-11111'] },
};

export const kit: KindKit = {
  specs,
  answered: {
    added: () => ({ project_id: 9, owner_name: 'admin', repo_count: 0 }),
    always: ['repo_count', 'metadata'],
  },
  recorded: { path: /^\/projects(\/[^/]+)?$/, shape: projectShape },
  places: {
    'projects.*': {
      defaults: 'project',
      valid: [
        {},
        { registry: 'x', public: true, severity: 'critical', proxy_speed_kb: -1, max_upstream_conn: 2 ** 31 - 1 },
        { cve_allowlist: { items: [], expires_at: 'never' }, reuse_sys_cve_allowlist: false },
      ],
      invalid: [
        [{ public: 'true' }, "Harbor's strings"],
        [{ severity: 'High' }, 'a severity in upper case'],
        [{ severity: 'huge' }, 'a severity that Harbor would take'],
        [{ proxy_speed_kb: 2 ** 31 }, 'more than an int32'],
        [{ registry_id: 5 }, 'a numeric id'],
        [{ cve_allowlist: { expires_at: '01.03.2027' } }, 'a date that two people read in two ways'],
      ],
    },
  },
  declared: () => ({ projects: { proxy: PROXY, plain: { enable_content_trust: true } } }),
  byHand: {
    changes: [
      ...part('project/proxy', '/projects/proxy', {
        ...metadata({
          public: 'false',
          enable_content_trust_cosign: 'true',
          prevent_vul: 'false',
          severity: 'low',
          auto_scan: 'false',
          auto_sbom_generation: 'true',
          reuse_sys_cve_allowlist: 'true',
          proxy_speed_kb: '7',
          max_upstream_conn: '9',
          proxy_cache_local_on_not_found: 'false',
          proxy_referrer_api: 'false',
        }),
        proxy_cache_filter_pattern: {
          metadata: { proxy_cache_filter_pattern: 'x/**', proxy_cache_filter_kind: 'doublestar' },
        },
        proxy_cache_filter_kind: { metadata: { proxy_cache_filter_kind: 'regex' } },
        cve_allowlist: { cve_allowlist: { items: [{ cve_id: 'CVE-2020-9' }] } },
      }),
      ...part('project/plain', '/projects/plain', metadata({ enable_content_trust: 'false' })),
    ],
    untried: { registry: 'Harbor answers 200 and ignores it' },
  },
  dropped: {
    max_upstream_conn: proxyWith({ max_upstream_conn: 5 }),
    proxy_cache_local_on_not_found: proxyWith({ proxy_cache_local_on_not_found: true }),
    proxy_cache_filter_pattern: filtered,
    proxy_cache_filter_kind: filtered,
    proxy_referrer_api: proxyWith({ proxy_referrer_api: true }),
  },
  pruned: [{ address: 'project/spare', container: ['projects'], value: () => ({}) }],
  lives: [
    {
      spec: () => ({ name: 'second', registry: 'up', public: true, max_upstream_conn: 5, severity: 'high' }),
      change: {
        public: false,
        max_upstream_conn: 0,
        proxy_cache_local_on_not_found: true,
        reuse_sys_cve_allowlist: false,
        cve_allowlist: { items: ['CVE-2026-0001'], expires_at: '2027-03-01T12:00:00Z' },
      },
    },
    {
      spec: () => ({ name: 'ordinary', auto_scan: true, enable_content_trust: true }),
      change: { auto_scan: false, prevent_vul: true, severity: 'critical' },
    },
  ],
  drawn: () => ({
    project: {
      cve_allowlist: one({ items: [] }, { items: ['CVE-2026-11111', 'CVE-2026-22222'] }),
      prevent_vul: flag,
      severity: one('low', 'critical'),
      auto_scan: flag,
      public: flag,
    },
    proxy: { proxy_speed_kb: one(-1, 500), max_upstream_conn: one(2, 9), proxy_cache_local_on_not_found: flag },
    plain: { enable_content_trust: flag },
  }),
  beside: {
    // Without a level Harbor has none to return.
    severity: { severity: 'high' },
    'cve_allowlist.items': { reuse_sys_cve_allowlist: false },
    'cve_allowlist.expires_at': { reuse_sys_cve_allowlist: false, cve_allowlist: { items: ['CVE-2026-12345'] } },
  },
};
