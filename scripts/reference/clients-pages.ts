import { stringify } from 'yaml';
import { clients, type Client, type ClientFile, type Profile, type RenderInput } from '../../src/clients';
import { withDefaults } from '../../src/clients/support/options';
import { isRecord } from '../../src/json';
import { code, list, table, text } from './markdown';

const HARBOR = 'https://harbor.example.com';

/** A page for each client, by file name, and the table of all of them. */
export function clientsPages(): ReadonlyMap<string, string> {
  return new Map([
    ['README.md', indexPage()],
    ...clients.map((client): [string, string] => [`${client.name}.md`, pageOf(client)]),
  ]);
}

function indexPage(): string {
  const rows = clients.map(({ name, title, can }) => [
    `[${title}](${name}.md)`,
    text(can.registries),
    yesOr(can.path),
    yesOr(can.strict),
    text(can.credentials),
    text(can.wildcard),
    text(can.ca),
    text(can.reload),
  ]);
  const head = [
    'client',
    'registries',
    'project by path',
    'without a fallback',
    'login',
    'wildcard',
    'CA',
    'takes effect',
  ];
  return [
    '<!-- Written by npm run docs from src/clients. -->',
    '# Clients',
    'Declare the programs that pull through the cache under `clients:`. `breakwater clients render` writes their configuration, with a fallback to the public registry or without one (`strict`), and checks it by the rules of each client.',
    fenced(
      'yaml',
      stringify({
        clients: { nodes: { client: 'containerd', for: 'nodes of the prod cluster', profile: 'fallback' } },
      }),
    ),
    fenced('sh', 'breakwater clients render --out clients'),
    'For the order of steps see [move a cluster to the cache without an outage](../guides/move-a-cluster.md).',
    '## Overview',
    table(head, rows),
    '',
  ].join('\n\n');
}

function yesOr(value: boolean | string): string {
  return typeof value === 'string' ? text(value) : value ? 'yes' : 'no';
}

function pageOf(client: Client): string {
  const { title, about, can, traps = [] } = client;
  const { files, steps, warnings } = client.render(inputFor(client, 'fallback'));
  return [
    `<!-- Written by npm run docs from src/clients/${client.name}.ts. -->`,
    `# ${title}`,
    text(about),
    '## Steps',
    '1. Declare it:',
    fenced('yaml', stringify({ clients: { nodes: declared(client) } })),
    '2. Render it:',
    fenced('sh', 'breakwater clients render --out clients'),
    ...(files.length === 0
      ? []
      : [`3. Install the files in \`clients/nodes\`${files.length > 1 ? ', for example' : ''}:`, ...shown(files)]),
    ...(steps.length === 0 ? [] : ['Then:', list(steps.map(text))]),
    ...(warnings.length === 0 ? [] : ['Note:', list(warnings.map(text))]),
    ...(client.reads.length === 0
      ? []
      : [
          '[Check on the machine](../guides/move-a-cluster.md#2-measure) whether the cache serves it:',
          fenced('sh', 'breakwater clients verify nodes'),
        ]),
    ...strictPart(client),
    '## Features',
    table(
      ['', ''],
      [
        ['registries', text(can.registries)],
        ['a project by path', yesOr(can.path)],
        ['without a fallback', yesOr(can.strict)],
        ['login', text(can.credentials)],
        ['wildcard', text(can.wildcard)],
        ['CA', text(can.ca)],
        ['takes effect', text(can.reload)],
      ],
    ),
    ...optionsPart(client),
    ...(traps.length === 0 ? [] : ['## Pitfalls', list(traps.map(text))]),
    '',
  ].join('\n\n');
}

function declared({ name, example, can }: Client): object {
  const isDockerHubAlone = can.registries === 'docker.io only' && example === undefined;
  return { client: name, ...(isDockerHubAlone && { registries: ['docker.io'] }), ...(example && { options: example }) };
}

/** The differences of a strict client, or why it has no strict mode. */
function strictPart(client: Client): string[] {
  const fallback = new Map(
    client.render(inputFor(client, 'fallback')).files.map((file) => [file.path, withoutHead(file)]),
  );
  const { files, warnings } = client.render(inputFor(client, 'strict'));
  const before = new Set(client.render(inputFor(client, 'fallback')).warnings);
  const different = files.filter((file) => fallback.get(file.path) !== withoutHead(file));
  const more = warnings.filter((warning) => !before.has(warning));
  return [
    '## Without a fallback',
    ...(client.can.strict === true
      ? ['`profile: strict`: the public registry is never used.']
      : [`${sentence(text(client.can.strict))}`]),
    ...shown(different),
    ...(more.length === 0 ? [] : [list(more.map(text))]),
  ];
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** The header names the profile, which does not count as a difference. */
function withoutHead({ content }: ClientFile): string {
  return content.replace(/^[#/]+ Written by .*\n/m, '');
}

const LANGUAGES: Readonly<Record<string, string>> = {
  toml: 'toml',
  conf: 'toml',
  yaml: 'yaml',
  json: 'json',
  hcl: 'hcl',
  crt: 'pem',
};

/** The first file of each kind: the folders of the other registries have the same content. */
function shown(files: readonly ClientFile[]): string[] {
  const kindOf = ({ path }: ClientFile): string => path.replace(/^.*\//, '');
  const first = files.filter((file, i) => files.findIndex((other) => kindOf(other) === kindOf(file)) === i);
  return first.flatMap((file) => {
    const extension = /\.([a-z]+)(?:\.snippet)?$/.exec(file.path)?.[1] ?? '';
    return [
      `${code(file.path)}${file.note === undefined ? '' : `: ${text(file.note)}`}`,
      fenced(LANGUAGES[extension] ?? 'text', file.content),
    ];
  });
}

function optionsPart({ options }: Client): string[] {
  const rows = Object.entries(options).map(([name, schema]) => {
    const { description, enum: values, type, default: value } = isRecord(schema) ? schema : {};
    const allowed = Array.isArray(values)
      ? values.map((one) => code(String(one))).join(', ')
      : typeof type === 'string'
        ? type
        : '';
    return [
      code(name),
      allowed,
      value === undefined ? '' : code(JSON.stringify(value)),
      text(typeof description === 'string' ? description : ''),
    ];
  });
  return rows.length === 0 ? [] : ['## Options', table(['option', 'value', 'default', 'what it is'], rows)];
}

function inputFor(client: Client, profile: Profile): RenderInput {
  return {
    name: 'nodes',
    profile,
    harborUrl: HARBOR,
    upstreams: [
      { registry: 'docker.io', project: 'proxy.docker.io', isPublic: true, mirrors: ['mirror.example.com'] },
      { registry: 'quay.io', project: 'proxy.quay.io', isPublic: true, mirrors: [] },
    ].slice(0, client.can.registries === 'docker.io only' ? 1 : 2),
    options: withDefaults(client.options, client.example ?? {}),
  };
}

function fenced(language: string, content: string): string {
  return `\`\`\`${language}\n${content.trimEnd()}\n\`\`\``;
}
