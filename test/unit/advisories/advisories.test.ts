import { validRange } from 'semver';
import { ADVISORIES, advisoryDiagnostics, applicable, isRelease, type DeclaredPart } from '../../../src/advisories';

const part = (kind: string, name: string, spec: object = {}, line?: number): DeclaredPart => ({
  kind,
  address: `${kind}/${name}`,
  spec: { name, ...spec },
  ...(line === undefined ? {} : { at: { file: 'p.yaml', line, column: 1 } }),
});

const HUB = part('registry', 'hub', { type: 'docker-hub', url: 'https://hub.docker.com' }, 3);
const HUB_BY_ADDRESS = part('registry', 'hub', { type: 'docker-registry', url: 'https://registry-1.docker.io' });
const OTHER = part('registry', 'quay', { type: 'docker-registry', url: 'https://quay.io' });
const LIKE_HUB = part('registry', 'x', { type: 'docker-registry', url: 'https://docker.io.corp.example' });

const ids = (version: string, ...parts: DeclaredPart[]): string[] =>
  applicable(version, parts).map(({ advisory }) => advisory.id);

describe('the table', () => {
  it('has an id, a range, a sentence and a source for each, and each id once', () => {
    for (const { id, affects, breaks, source } of ADVISORIES) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
      expect(validRange(affects)).not.toBeNull();
      expect(breaks).toMatch(/^\S.{20,}[^.]$/);
      expect(source).not.toBe('');
    }
    expect(new Set(ADVISORIES.map(({ id }) => id)).size).toBe(ADVISORIES.length);
    expect(ADVISORIES.length).toBeGreaterThanOrEqual(20);
  });

  it('has nothing critical of v2.15.2, which is the default', () => {
    const everything = ADVISORIES.map(({ severity, affects }) => ({
      id: 'an-id',
      severity,
      affects,
      breaks: '',
      source: '',
    }));
    const found = applicable('v2.15.2', [], everything);
    expect(found.filter(({ advisory }) => advisory.severity === 'critical')).toEqual([]);
  });
});

describe('what applies', () => {
  it.each<[string, DeclaredPart, boolean]>([
    ['v2.15.0', HUB, true],
    ['v2.15.0-3a1c5d6e', HUB, true],
    ['2.15.0', HUB_BY_ADDRESS, true],
    ['2.15.0', part('registry', 'hub', { type: 'docker-registry', url: 'HTTPS://Registry-1.Docker.io/' }), true],
    ['2.15.0', part('registry', 'hub', { type: 'docker-registry', url: 'registry-1.docker.io' }), true],
    ['v2.15.0', OTHER, false],
    ['v2.15.0', LIKE_HUB, false],
    ['v2.15.0', part('registry', 'x', { type: 'docker-registry', url: 'https://notdocker.io' }), false],
    ['v2.15.1', HUB, false],
    ['v2.15.2', HUB, false],
    ['v2.14.3', HUB, true],
    ['v2.14.4', HUB, false],
    ['v2.16.0-c50c7ddd', HUB, false],
    ['dev', HUB, false],
  ])('Harbor %s with %j: docker-hub-login %s', (version, declared, expected) => {
    expect(ids(version, declared).includes('docker-hub-login')).toBe(expected);
  });

  it.each<[string, string, DeclaredPart[], boolean]>([
    ['gc-untagged-proxy', 'v2.15.2', [part('gc-schedule', 'harbor', { delete_untagged: true })], false],
    [
      'gc-untagged-proxy',
      'v2.15.2',
      [part('gc-schedule', 'harbor', { delete_untagged: true }), part('project', 'p', { registry: 'hub' })],
      true,
    ],
    ['retention-without-cron', 'v2.15.2', [part('retention', 'p', { rules: [] })], true],
    ['retention-without-cron', 'v2.15.2', [part('retention', 'p', { schedule: '0 0 3 * * *' })], false],
    ['proxy-cache-poisoning', 'v2.15.2', [part('project', 'p', { registry: 'hub' })], true],
    ['proxy-cache-poisoning', 'v2.15.3', [part('project', 'p', { registry: 'hub' })], false],
    ['proxy-cache-poisoning', 'v2.15.2', [part('project', 'p')], false],
    [
      'quay-proxy-type',
      'v2.14.0',
      [part('registry', 'q', { type: 'quay' }), part('project', 'p', { registry: 'q' })],
      true,
    ],
    [
      'quay-proxy-type',
      'v2.13.5',
      [part('registry', 'q', { type: 'quay' }), part('project', 'p', { registry: 'q' })],
      false,
    ],
    ['index-pull-time', 'v2.15.0', [part('retention', 'p', { rules: [{ template: 'nDaysSinceLastPull' }] })], true],
    ['index-pull-time', 'v2.15.0', [part('retention', 'p', { rules: [{ template: 'nDaysSinceLastPush' }] })], false],
    ['token-older-than-project', 'v2.13.5', [part('project', 'p', { public: false })], false],
    ['token-older-than-project', 'v2.14.2', [part('project', 'p', { public: false })], true],
  ])('%s with Harbor %s and %j: %s', (id, version, parts, expected) => {
    expect(ids(version, ...parts).includes(id)).toBe(expected);
  });

  it('reports the most severe first', () => {
    const found = applicable('v2.15.0', [HUB, part('project', 'p', { registry: 'hub' })]);
    expect(found[0]?.advisory.id).toBe('docker-hub-login');
    const rank = found.map(({ advisory }) => ['critical', 'warning', 'note'].indexOf(advisory.severity));
    expect(rank).toEqual([...rank].sort());
  });

  it('reports for a minor release what applies to only some of its patches', () => {
    const [first] = applicable('2.15', [HUB]);
    expect(first).toMatchObject({ advisory: { id: 'docker-hub-login' }, certain: false });
    expect(advisoryDiagnostics('2.15', [first!])).toEqual([
      {
        rule: 'advisory-docker-hub-login',
        severity: 'warning',
        message: expect.stringMatching(
          /^Harbor 2\.15: .* \(registry\/hub\), if it is one of >=2\.14\.0 <2\.14\.4 \|\| 2\.15\.0$/,
        ),
        hint: expect.stringMatching(/^fixed in 2\.15\.1, and 2\.14\.4 of 2\.14; goharbor\/harbor#23025/),
        at: { file: 'p.yaml', line: 3, column: 1 },
      },
    ]);
    expect(ids('2.13', HUB)).not.toContain('docker-hub-login');
  });

  it('names three objects and counts the others', () => {
    const projects = ['a', 'b', 'c', 'd', 'e'].map((name) => part('project', name, { registry: 'hub' }));
    const found = applicable('v2.15.2', projects).filter(({ advisory }) => advisory.id === 'proxy-cache-poisoning');
    expect(advisoryDiagnostics('v2.15.2', found)[0]?.message).toMatch(
      /\(project\/a, project\/b, project\/c and 2 more\)$/,
    );
  });

  it.each([
    ['v2.15.2', true],
    ['2.15', true],
    ['v2.16.0-c50c7ddd', true],
    ['dev', false],
    ['', false],
  ])('reads %j as a release: %s', (version, expected) => {
    expect(isRelease(version)).toBe(expected);
  });
});
