import { ApplyError } from '../errors';
import type { Client } from '../harbor/client';
import type { ProjectScannerWire, ScannerWire } from '../harbor/wire';
import { addressOf, type Kind } from './kind';
import { compact } from './support/compact';
import { projectsInScope } from './support/in-projects';
import { neverRemoved } from './support/never-removed';
import { projectPath } from './support/paths';

const NAME = 'project-scanner';

export interface ProjectScannerSpec {
  readonly project: string;
  readonly scanner: string;
}

export const projectScanner: Kind<ProjectScannerSpec, ProjectScannerWire> = {
  name: NAME,
  about: 'The scanner of a project, where it is not the default one.',
  placements: [
    {
      path: 'projects.*.scanner',
      example: { names: ['proxy.docker.io'], value: 'clair' },
      schema: { description: 'Name of a scanner.', type: 'string', minLength: 1, maxLength: 128 },
      toSpec: (value, [project = '']) => ({ project, scanner: value as string }),
      // What Harbor answers is the scanner that a project has in the end: the default one says nothing of a choice.
      fromSpec: ({ project, scanner }, { facts }) =>
        facts['is_default'] === true ? undefined : { names: [project], value: scanner },
    },
  ],
  dependsOn: ['project', 'scanner'],
  replaceOn: [],
  writeOnly: [],
  // Harbor changes the choice, and never takes it back: to follow the default, its name is declared.
  deletable: false,
  access: { read: 'scanner:read', create: 'scanner:create', update: 'scanner:create', remove: 'scanner:create' },
  traps: [
    'Harbor answers the scanner that a project has in the end: whether it was chosen or is the default cannot be seen.',
    'A choice cannot be taken back; to go back to the default one, declare its name.',
  ],

  identity: (spec) => spec.project,
  normalise: (spec) => spec,
  references: ({ project, scanner }) => [
    { kind: 'project', identity: project, field: '', owner: true },
    { kind: 'scanner', identity: scanner, field: '', specField: 'scanner', mayBeUndeclared: true },
  ],

  async list(context) {
    const projects = await projectsInScope(context);
    const wires = await Promise.all(projects.map(({ name }) => scannerOf(context.client, name)));
    return wires.filter((wire) => wire !== undefined);
  },

  fromWire: ({ project, name, is_default }) => ({
    identity: project,
    spec: { project, scanner: name },
    facts: compact<{ is_default: boolean }>({ is_default }),
  }),

  toWire: ({ project, scanner }) => ({ project, name: scanner }),

  async read({ client, refs }, identity) {
    const wire = await scannerOf(client, identity);
    return wire && projectScanner.fromWire(wire, refs);
  },

  async create({ client }, desired) {
    await choose(client, desired);
    return {};
  },

  async update({ client }, { merged }) {
    await choose(client, merged);
  },

  remove: neverRemoved(NAME),
};

/** Undefined where the project is none, or there is no scanner at all: then the answer is an empty 200 (harbor.md 2.1). */
async function scannerOf(client: Client, project: string): Promise<ProjectScannerWire | undefined> {
  const wire = await client.find<ScannerWire | undefined>(`${projectPath(project)}/scanner`);
  return wire && { project, ...wire };
}

/** By uuid, which Harbor does not check: a wrong one is answered 200, and the project has no scanner of its own. */
async function choose(client: Client, { project, scanner }: ProjectScannerSpec): Promise<void> {
  const all = await client.list<ScannerWire>('/scanners', { query: { sort: 'name' } });
  const uuid = all.find(({ name }) => name === scanner)?.uuid;
  const address = addressOf(NAME, project);
  if (uuid === undefined) throw new ApplyError(`${address}: Harbor has no scanner named ${scanner}`, address);
  await client.put(`${projectPath(project)}/scanner`, { uuid });
}
