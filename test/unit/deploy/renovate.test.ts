import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { DOCKER_SOURCE, DOCKER_VERSION } from '../../../stacks/docker-types';

const ROOT = resolve(__dirname, '../../..');
const ENVIRONMENTS = 'stacks/environments';

interface Manager {
  readonly managerFilePatterns: readonly string[];
  readonly matchStrings: readonly string[];
  readonly depNameTemplate?: string;
  readonly datasourceTemplate: string;
}

interface Rule {
  readonly description: string;
  readonly matchDepNames?: readonly string[];
  readonly matchUpdateTypes?: readonly string[];
  readonly enabled?: boolean;
  readonly automerge?: boolean;
  readonly postUpgradeTasks?: { readonly commands: readonly string[]; readonly fileFilters: readonly string[] };
}

interface Config {
  readonly customManagers: readonly Manager[];
  readonly packageRules: readonly Rule[];
  readonly separateMajorMinor: boolean;
}

const config = JSON.parse(readFileSync(join(ROOT, 'examples/renovate/renovate.json'), 'utf8')) as Config;

const files = ['stacks', 'src/deploy/machine', 'scripts'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name))),
);

/** What Renovate finds: `datasource dependency value`, by file. */
function found({ managerFilePatterns, matchStrings, depNameTemplate, datasourceTemplate }: Manager): string[] {
  const patterns = managerFilePatterns.map((pattern) => new RegExp(pattern.slice(1, -1)));
  return files
    .filter((file) => patterns.some((pattern) => pattern.test(file)))
    .flatMap((file) => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return matchStrings.flatMap((match) =>
        [...text.matchAll(new RegExp(match, 'g'))].map(({ groups = {} }) =>
          [datasourceTemplate, depNameTemplate ?? groups['depName'], groups['currentValue']].join(' '),
        ),
      );
    });
}

const all = config.customManagers.flatMap(found);

describe('the example for Renovate', () => {
  const environments = readdirSync(join(ROOT, ENVIRONMENTS)).map(
    (name) =>
      parse(readFileSync(join(ROOT, ENVIRONMENTS, name), 'utf8')) as {
        harbor: { version: string };
        cluster?: { chart_version: string };
      },
  );

  it('finds the release of Harbor and the chart in every environment, and nothing else there', () => {
    const releases = all.filter((one) => one.startsWith('github-releases '));
    expect(releases.sort()).toEqual(
      environments.map(({ harbor }) => `github-releases goharbor/harbor ${harbor.version}`).sort(),
    );
    const charts = environments.flatMap(({ cluster }) => (cluster ? [`helm harbor ${cluster.chart_version}`] : []));
    expect(all.filter((one) => one.startsWith('helm '))).toEqual(charts);
  });

  it('finds every pinned image, with its digest', () => {
    const text = readFileSync(join(ROOT, 'stacks/images.yaml'), 'utf8');
    const images = [...text.matchAll(/image: ['"]?([^\s'"]+)/g)].map(([, image]) => image!);
    expect(images.length).toBeGreaterThan(12);
    const docker = config.customManagers.find(({ datasourceTemplate }) => datasourceTemplate === 'docker')!;
    const [match = ''] = docker.matchStrings;
    const pins = (of: string): string[] =>
      [...of.matchAll(new RegExp(match, 'g'))].map(
        ({ groups = {} }) => `${groups['depName']}:${groups['currentValue']}@${groups['currentDigest']}`,
      );
    expect(pins(text)).toEqual(images);
    const other = `image: "registry.corp.internal:5000/hub/goharbor/harbor-core:v2.15.2@sha256:${'a'.repeat(64)}"`;
    expect(pins(other)).toEqual([other.slice('image: "'.length, -1)]);
  });

  it('finds every provider that the stacks ask for', () => {
    const golden = join(ROOT, 'test/golden/stacks');
    const asked = readdirSync(golden).flatMap((environment) =>
      readdirSync(join(golden, environment)).flatMap((stack) => {
        const text = readFileSync(join(golden, environment, stack), 'utf8');
        const { terraform } = JSON.parse(text) as {
          terraform: { required_providers: Record<string, { source: string; version: string }> };
        };
        return Object.values(terraform.required_providers).map(
          ({ source, version }) => `terraform-provider ${source} ${version}`,
        );
      }),
    );
    const providers = all.filter((one) => one.startsWith('terraform-provider '));
    // Some are asked for by a stack that no example has.
    expect(providers).toEqual(expect.arrayContaining(asked));
    expect(providers).toContain(`terraform-provider ${DOCKER_SOURCE} ${DOCKER_VERSION}`);
  });

  it('creates a separate pull request for a major version, and merges none itself', () => {
    expect(config.separateMajorMinor).toBe(true);
    const majors = config.packageRules.filter(({ matchUpdateTypes }) => matchUpdateTypes?.includes('major'));
    expect(majors.filter(({ enabled }) => enabled !== false)).toEqual([expect.objectContaining({ automerge: false })]);
    // One image of Harbor alone is never moved to another release.
    expect(majors.filter(({ enabled }) => enabled === false).map(({ matchDepNames }) => matchDepNames)).toEqual([
      ['/(^|/)goharbor//'],
    ]);
  });

  it('writes the new pins with an existing command', () => {
    const tasks = config.packageRules.flatMap(({ postUpgradeTasks }) => postUpgradeTasks ?? []);
    expect(tasks.map(({ commands }) => commands)).toEqual([['npx breakwater images pin {{{newVersion}}}']]);
  });
});
