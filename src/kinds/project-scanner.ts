import { scannerShape, type ScannerWire } from './support/scanner-wire';
import { ApplyError, HarborApiError } from '../errors';
import type { Client } from '../harbor/client';
import { addressOf, type Kind } from './kind';
import { compact } from '../compact';
import { inProjects } from './support/in-projects';
import { neverRemoved } from './support/never-removed';
import { projectPath } from './support/paths';
import { readable } from './support/readable';

/** The effective scanner of a project: its own choice, or the default. */
export interface ProjectScannerWire extends ScannerWire {
  readonly project: string;
}

const NAME = 'project-scanner';

/** `scanner` is a name. Harbor stores a uuid, which changes when a scanner is registered again. */
export interface ProjectScannerSpec {
  readonly project: string;
  readonly scanner: string;
}

/** Project metadata in which Harbor stores the choice, as uuid. */
const CHOICE = 'projectScanner';

interface ListedScanner extends ProjectScannerWire {
  /** Whether the project chose it; only known if everything is read. */
  readonly is_chosen?: boolean;
}

/**
 * Only a choice is managed. A project that follows the default shows the default's name, and a plan cannot
 * distinguish that from a choice of the same scanner.
 *
 *     is_default   chosen    fromWire
 *     no           yes       declared
 *     yes          yes       declared: it stays when the default changes
 *     yes          no        built in: the project follows the default
 *     yes          unknown   like declared: only an export asks for the choice
 */
export const projectScanner: Kind<ProjectScannerSpec, ListedScanner> = readable<ProjectScannerSpec, ListedScanner>({
  name: NAME,
  about: 'The scanner of a project, if it is not the default scanner.',
  placements: [
    {
      path: 'projects.*.scanner',
      example: { names: ['proxy.docker.io'], value: 'clair' },
      schema: { description: 'Name of a scanner.', type: 'string', minLength: 1, maxLength: 128 },
      toSpec: (value, [project = '']) => ({ project, scanner: value as string }),
      fromSpec: ({ project, scanner }) => ({ names: [project], value: scanner }),
    },
  ],
  dependsOn: ['project', 'scanner'],
  replaceOn: [],
  writeOnly: [],
  // Harbor can change the choice but never remove it: to follow the default, its name is declared.
  deletable: false,
  access: { read: 'scanner:read', create: 'scanner:create', update: 'scanner:create', remove: 'scanner:create' },
  calls: { perProject: 'GET /projects/{}/scanner' },
  traps: [
    'Harbor returns the effective scanner of a project, chosen or default. Only `export` asks which of the two it is.',
    'A choice cannot be removed; to return to the default scanner, declare its name.',
  ],

  identity: (spec) => spec.project,
  normalise: (spec) => spec,
  references: ({ project, scanner }) => [
    { kind: 'project', identity: project, field: '', owner: true },
    { kind: 'scanner', identity: scanner, field: '', specField: 'scanner', mayBeUndeclared: true },
  ],

  async list(context) {
    return inProjects(context, async ({ name }) => {
      const wire = await scannerOf(context.client, name);
      if (!wire) return [];
      return [context.everything ? await withChoice(context.client, wire) : wire];
    });
  },

  fromWire: ({ project, name, is_default, is_chosen }) =>
    compact({
      identity: project,
      spec: { project, scanner: name },
      facts: compact<{ is_default?: boolean }>({ is_default }),
      // The project follows the default, so there is nothing to export.
      builtIn: is_chosen === false ? true : undefined,
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
});

/**
 * Undefined if the project does not exist or Harbor has no scanner: the response is an empty 200
 * (docs/harbor-behavior.md 1.3).
 */
async function scannerOf(client: Client, project: string): Promise<ProjectScannerWire | undefined> {
  const wire = await client.find<ScannerWire | undefined>(`${projectPath(project)}/scanner`, {
    shape: scannerShape,
    mayBeNone: true,
  });
  return wire && { project, ...wire };
}

/** The default may also have been chosen: then it stays when another scanner becomes the default. */
async function withChoice(client: Client, wire: ListedScanner): Promise<ListedScanner> {
  if (wire.is_default !== true) return { ...wire, is_chosen: true };
  return { ...wire, is_chosen: (await chosenBy(client, wire.project)) === wire.uuid };
}

/** Also undefined if these credentials may not read the metadata of the project. */
async function chosenBy(client: Client, project: string): Promise<string | undefined> {
  try {
    const path = `${projectPath(project)}/metadatas/${CHOICE}`;
    return (await client.find<Readonly<Record<string, string>>>(path))?.[CHOICE];
  } catch (error) {
    if (error instanceof HarborApiError && error.isHarbors && [401, 403].includes(error.status)) return undefined;
    throw error;
  }
}

/** By uuid, which Harbor does not check: for a wrong one it returns 200, and the project has no scanner of its own. */
async function choose(client: Client, { project, scanner }: ProjectScannerSpec): Promise<void> {
  const all = await client.list('/scanners', { shape: scannerShape, query: { sort: 'name' } });
  const uuid = all.find(({ name }) => name === scanner)?.uuid;
  const address = addressOf(NAME, project);
  if (uuid === undefined) throw new ApplyError(`${address}: Harbor has no scanner named ${scanner}`, address);
  await client.put(`${projectPath(project)}/scanner`, { uuid });
}
