import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clients, PROFILES, type Client, type Profile, type Rendering } from '../../src/clients';
import type { Options } from '../../src/clients';
import { inputFor } from '../unit/clients/given';

const DIRECTORY = join(__dirname, 'clients');

/** Where an option changes what is written, each of its values has a file. */
const VARIANTS: Readonly<Record<string, readonly Options[]>> = {
  containerd: [{ major: 1 }],
  dockerd: [{ store: 'path' }, { store: 'containerd' }],
  talos: [{ format: 'machine' }],
  'gitlab-runner': [{ executor: 'kubernetes' }, { executor: 'dind' }],
  kaniko: [{ secret_as: 'external-secret' }],
  minikube: [{ runtime: 'docker' }],
  kind: [{ major: 1 }],
  renovate: [{ lookup: 'cache' }],
  ca: [{ system: 'redhat' }, { system: 'kubernetes' }],
};

interface Case {
  readonly client: Client;
  readonly profile: Profile;
  readonly options: Options;
  readonly name: string;
}

const cases = clients.flatMap((client) =>
  PROFILES.flatMap((profile) =>
    [{}, ...(VARIANTS[client.name] ?? [])].map((options: Options): Case => {
      const variant = Object.values(options).map(String).join('-');
      return { client, profile, options, name: [client.name, variant, profile].filter(Boolean).join('.') };
    }),
  ),
);

/** With UPDATE_GOLDEN=1 the files are written again, to be read in the diff. */
describe('what is rendered for each client', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (name, { client, profile, options }) => {
    const text = textOf(client.render(inputFor(client, { profile, options })));
    const path = join(DIRECTORY, `${name}.txt`);
    if (process.env['UPDATE_GOLDEN'] || !existsSync(path)) {
      if (process.env['CI']) throw new Error(`${path} is missing`);
      mkdirSync(DIRECTORY, { recursive: true });
      writeFileSync(path, text);
    }
    expect(text).toBe(readFileSync(path, 'utf8'));
  });

  it('has no golden file for a removed client', () => {
    const expected = cases.map(({ name }) => `${name}.txt`);
    expect(readdirSync(DIRECTORY).sort()).toEqual([...expected].sort());
  });
});

function textOf({ files, steps, warnings }: Rendering): string {
  const listed = (title: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`=== ${title}`, ...items.map((item) => `- ${item}`), ''];
  return [
    ...files.flatMap(({ path, mode, content, note }) => [
      `=== ${path} ${mode.toString(8).padStart(4, '0')}${note === undefined ? '' : ` (${note})`}`,
      content,
    ]),
    ...listed('then', steps),
    ...listed('warnings', warnings),
  ].join('\n');
}
