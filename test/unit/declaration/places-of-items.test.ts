import { kinds } from '../../../src/kinds';
import { load, removePolicies, told } from './support/policies-on-disk';

afterEach(removePolicies);

/** Lists that kinds sort, each with a fault in the item that sorting would move; `!` ends the line of the fault. */
const SORTED: readonly (readonly [string, string])[] = [
  [
    'rules of a retention',
    `projects:
  p:
    retention:
      rules:
        - { template: latestPushedK, params: { latestPushedK: 10 } }
        - { template: always }
        - { template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 0 } } # !
        - { template: always, tags: a }
`,
  ],
  [
    'filters of a replication',
    `registries: { other: { type: harbor, url: "https://other.example.com" } }
replications:
  r:
    from: other
    filters:
      - { type: tag, value: "v*" }
      - { type: resource, value: chart } # !
      - { type: name, value: "team/**" }
      - { type: label, value: prod } # !
`,
  ],
  [
    'labels that no image has',
    `registries: { hub: { type: docker-hub } }
replications:
  r:
    from: hub
    filters:
      - { type: tag, value: "v*" }
      - { type: label, value: [prod] } # !
`,
  ],
  [
    'filters of a preheat policy',
    `preheat: { instances: { p2p: { vendor: dragonfly, endpoint: "https://p2p.example.com" } } }
projects:
  p:
    preheat:
      w:
        provider: p2p
        filters:
          - { type: vulnerability, value: 3 }
          - { type: tag, value: 5 } # !
          - { type: label, value: a }
          - { type: label, value: b } # !
`,
  ],
  [
    'permissions of a robot',
    `robots:
  r:
    duration: 9
    secret: { env: R }
    system:
      - { resource: registry, action: list }
      - { resource: robot, action: update } # !
      - { resource: catalog, action: read }
    projects:
      "*":
        - { resource: repository, action: push }
        - { resource: artifact, action: pul } # !
`,
  ],
  [
    'events of the purge',
    `schedules:
  purge_audit:
    cron: "0 0 3 * * *"
    audit_retention_hour: 9
    include_event_types:
      - update_user
      - pull_artefact # !
      - create_artifact
`,
  ],
  [
    'a CVE allowlist',
    `cve_allowlist:
  items:
    - CVE-2026-12345
    - cve-2026-1 # !
    - CVE-2025-12345
`,
  ],
  [
    'a CVE allowlist of a project',
    `projects:
  p:
    reuse_sys_cve_allowlist: false
    cve_allowlist:
      items:
        - CVE-2026-12345
        - cve-2026-1 # !
        - CVE-2025-12345
`,
  ],
];

it.each(SORTED)('a finding about %s has the line of the item', async (_what, text) => {
  const faulty = text.split('\n').flatMap((line, i) => (line.endsWith('# !') ? [i + 1] : []));
  const { diagnostics } = await load({ 'a.yaml': text }, { kinds });
  expect(diagnostics.map(({ at }) => at?.line)).toEqual(faulty);
});

describe('values that are unique in Harbor', () => {
  const instances = (one: string, other: string): string =>
    `preheat:\n  instances:\n    one: { vendor: kraken, endpoint: "${one}" }\n    other: { vendor: kraken, endpoint: "${other}" }\n`;
  const scanners = (one: string, other: string): string =>
    `scanners:\n  one: { url: "${one}" }\n  other: { url: "${other}" }\n`;

  it.each([
    ['error', instances('https://p2p.example.com', 'https://p2p.example.com'), '4:40', 'Harbor answers 500'],
    ['error', instances('https://p2p.example.com', ' https://p2p.example.com'), '4:40', 'Harbor answers 500'],
    ['warning', instances('https://p2p.example.com', 'https://p2p.example.com/'), '4:40', 'treats as different'],
    ['error', scanners('https://s.example.com', 'https://s.example.com/'), '3:17', 'Harbor answers 409'],
  ])('is an %s in %j', async (severity, text, place, message) => {
    const result = await load({ 'a.yaml': text }, { kinds });
    expect(result.diagnostics.map((finding) => finding.severity)).toEqual([severity]);
    expect(told(result)).toEqual([expect.stringContaining(`a.yaml:${place} not-unique: `) as string]);
    expect(told(result)[0]).toContain(message);
  });

  it('is nothing if the places differ', async () => {
    expect(
      told(await load({ 'a.yaml': instances('https://a.example.com', 'https://b.example.com') }, { kinds })),
    ).toEqual([]);
  });

  it('is also the default scanner', async () => {
    const text = `scanners:\n  one: { url: "https://a.example.com", default: true }\n  other: { url: "https://b.example.com", default: true }\n`;
    expect(told(await load({ 'a.yaml': text }, { kinds }))).toEqual([
      expect.stringMatching(/^a\.yaml:3:\d+ only-one: /) as string,
    ]);
  });
});
