import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../../deploy/package-files';
import type { PolicyFile } from '../../export';
import { version } from '../version';
import type { Ci } from './answers';
import { readmeOf } from './readme';

/** Everything except the policies. `name` is the name of the repository. */
export function repositoryFiles(name: string, hostname: string, ci: Ci): PolicyFile[] {
  return [
    { name: 'package.json', text: manifestOf(name) },
    { name: 'README.md', text: readmeOf(name, ci) },
    { name: '.gitignore', text: IGNORED },
    { name: '.vscode/settings.json', text: json({ 'yaml.schemas': SCHEMAS }) },
    { name: 'cdktf.json', text: json(CDKTF) },
    { name: 'stacks/environments/example.yaml', text: environmentOf(hostname) },
    ...ciFiles(ci),
  ];
}

/** npm accepts only lower case, and no dot or underscore at the beginning. */
function manifestOf(name: string): string {
  return json({
    name:
      name
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[._-]+/, '') || 'harbor',
    private: true,
    engines: { node: '>=20.18.1' },
    dependencies: { breakwater: version },
  });
}

const IGNORED = `node_modules/
out/
.breakwater/
/plan.json
/comment.md
/apply.txt
/drift.md
/conform.txt
/report.md
/cdktf.out/
/state/
/backups/
secrets/
secrets.env
.env
.envrc
`;

const AT = './node_modules/breakwater/schemas';
const SCHEMAS = {
  [`${AT}/declaration.schema.json`]: ['policies/*.yaml', 'policies/instances/*.yaml'],
  [`${AT}/environment.schema.json`]: ['stacks/environments/*.yaml'],
};

/** The stacks come from the package: no build is needed before cdktf. */
const CDKTF = {
  language: 'typescript',
  app: 'npx --no -- breakwater synth',
  projectId: 'breakwater',
  sendCrashReports: 'false',
};

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The sample of the package, with the name of this Harbor. */
function environmentOf(hostname: string): string {
  const sample = readFileSync(join(packageDirectory, 'stacks/environments/example.yaml'), 'utf8');
  return sample.replace(/^( {2}hostname: ).*$/m, (_all, key: string) => `${key}${hostname}`);
}

/** The examples of the package, unchanged: the tests of the package cover them. */
function ciFiles(ci: Ci): PolicyFile[] {
  if (ci === 'none') return [];
  return [
    ...copied('shell', 'ci'),
    ...(ci === 'github' ? copied('github-actions', '.github/workflows') : copied('gitlab', '.')),
  ];
}

function copied(example: string, to: string): PolicyFile[] {
  const from = join(packageDirectory, 'examples/ci', example);
  return readdirSync(from)
    .sort()
    .map((name) => ({ name: join(to, name), text: readFileSync(join(from, name), 'utf8') }));
}
