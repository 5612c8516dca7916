import { integer, key, needed, object, optional, text, unused, type Shape } from '../shape';
import { projectShape } from './support/project-shape';
import type { Client } from '../harbor/client';
import type { ProjectWire } from '../harbor/wire';
import type { Json, JsonObject } from '../json';
import type { Finding, Kind, Placed, Refs } from './kind';
import { compact } from '../compact';
import { inProjects } from './support/in-projects';
import { projectPath } from './support/paths';
import { readable } from './support/readable';

/** As listed. A single label is never read by id, because a name is what is declared. */
export interface LabelWire {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly color?: string;
  /** `g` for all projects, `p` for one. */
  readonly scope: string;
  /** Only on a label of a project. */
  readonly project_id?: number;
}

/** `scope` is not read: the request already chose it. */
export const labelShape: Shape<LabelWire> = object<LabelWire>({
  id: needed(integer),
  name: key(text),
  description: optional(text),
  color: optional(text),
  scope: unused(text),
  project_id: optional(integer),
});

const MAX_NAME_BYTES = 128;
const COLOR = /^#[0-9a-f]{6}$/i;

/** Names are unique among global labels and in each project. */
export interface LabelSpec {
  readonly name: string;
  /** Absent on a label of the whole Harbor. */
  readonly project?: string;
  readonly description?: string;
  /** `#0065AB`, or empty. */
  readonly color?: string;
}

const properties = {
  description: { description: 'Note about the label.', type: 'string', maxLength: 1024, default: '' },
  color: { description: 'Color in the portal, such as "#0065AB".', type: 'string', maxLength: 16, default: '' },
} as const;

/**
 * Two placements, one kind: `labels.*` for all projects and `projects.*.labels.*`. An identity with a slash
 * belongs to a project, so a slash in a name is escaped.
 *
 *     labels.NAME                 identity NAME            scope g in Harbor
 *     projects.P.labels.NAME      identity P/NAME          scope p, with the id of P
 */
export const label: Kind<LabelSpec, LabelWire> = readable<LabelSpec, LabelWire>({
  name: 'label',
  about: 'A mark for artifacts, for all projects or for one.',
  placements: [
    {
      path: 'labels.*',
      defaultsKey: 'label',
      example: { names: ['approved'], value: { description: 'Passed the review', color: '#00B588' } },
      schema: { title: 'Label for all projects', type: 'object', properties, additionalProperties: false },
      toSpec: (value, [name = '']) => ({ ...fields(value), name }),
      fromSpec: ({ name, project, ...value }) => (project === undefined ? place([name], value) : undefined),
    },
    {
      path: 'projects.*.labels.*',
      defaultsKey: 'label',
      example: { names: ['library', 'stable'], value: { color: '#0065AB' } },
      schema: { title: 'Label of a project', type: 'object', properties, additionalProperties: false },
      toSpec: (value, [project = '', name = '']) => ({ ...fields(value), name, project }),
      fromSpec: ({ name, project, ...value }) => (project === undefined ? undefined : place([project, name], value)),
    },
  ],
  dependsOn: ['project'],
  replaceOn: [],
  writeOnly: [],
  // PUT accepts a name (docs/harbor-behavior.md 9.4); artifacts keep the label because they refer to its id.
  renames: true,
  deletable: true,
  // Labels for all projects are readable for everyone; a robot has no permission `label:list` for them.
  access: { read: 'label:read', create: 'label:create', update: 'label:update', remove: 'label:delete' },
  calls: { bulk: 'GET /labels', perProject: 'GET /labels' },
  traps: ['Deleting a label removes it from every artifact; a new label with the same name is another label.'],

  identity: ({ name, project }) => (project === undefined ? withoutSlash(name) : `${project}/${name}`),
  normalise: (spec) =>
    spec.color === undefined || !COLOR.test(spec.color) ? spec : { ...spec, color: spec.color.toUpperCase() },
  references: ({ project }) =>
    project === undefined ? [] : [{ kind: 'project', identity: project, field: '', owner: true }],
  check: (spec) => [...checkName(spec), ...checkColor(spec)],

  /** Harbor lists the labels of all projects and those of one project separately. */
  async list(context) {
    const ofProjects = inProjects(context, (project) => labelsOfProject(context.client, project));
    return (await Promise.all([labelsOfAll(context.client), ofProjects])).flat();
  },

  /** `project_id` is 0 for a label of all projects. */
  fromWire(wire, refs) {
    const spec = label.normalise(
      compact<LabelSpec>({
        name: wire.name,
        project: wire.project_id ? (refs.name('project', wire.project_id) ?? `(id ${wire.project_id})`) : undefined,
        description: wire.description ?? '',
        color: wire.color ?? '',
      }),
    );
    return { identity: label.identity(spec), id: wire.id, spec };
  },

  toWire: (spec, refs) => {
    const { project, ...wire } = label.normalise(spec);
    if (project === undefined) return { ...wire, scope: 'g' };
    return { ...wire, scope: 'p', project_id: refs.id('project', project) };
  },

  /**
   * The list of one project is asked for by its id, so the name of the owner is known here without another
   * request. `refs` may not have it: `read` is also used outside of a plan.
   */
  async read({ client, refs }, identity) {
    const slash = identity.indexOf('/');
    const name = slash < 0 ? undefined : identity.slice(0, slash);
    const project = name === undefined ? undefined : await client.find(projectPath(name), { shape: projectShape });
    if (name !== undefined && !project) return undefined;
    const wires = project ? await labelsOfProject(client, project) : await labelsOfAll(client);
    const known: Refs = { ...refs, name: (kind, id) => name ?? refs.name(kind, id) };
    return wires.map((wire) => label.fromWire(wire, known)).find((live) => live.identity === identity);
  },

  async create({ client, refs }, desired) {
    const created = await client.post('/labels', label.toWire(desired, refs));
    return compact<{ id?: number }>({ id: created.id });
  },

  /** PUT sets all three fields; a missing one becomes empty, and an empty name is refused. */
  async update({ client }, { live, merged }) {
    const { name, description = '', color = '' } = label.normalise(merged);
    await client.put(`/labels/${live.id}`, { name, description, color });
  },

  async remove({ client }, live) {
    await client.delete(`/labels/${live.id}`);
  },
});

/** Without `scope` Harbor returns 400; without `sort` the order of pages is undefined. */
function labelsOfAll(client: Client): Promise<LabelWire[]> {
  return client.list('/labels', { shape: labelShape, query: { scope: 'g', sort: 'id' } });
}

async function labelsOfProject(client: Client, { project_id }: ProjectWire): Promise<LabelWire[]> {
  const wires = await client.list('/labels', { shape: labelShape, query: { scope: 'p', project_id, sort: 'id' } });
  return wires.map((wire) => ({ ...wire, project_id }));
}

/** A label's name may contain a slash; an identity with one belongs to a project. */
function withoutSlash(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function fields(value: Json): Pick<LabelSpec, 'description' | 'color'> {
  return value as JsonObject;
}

function place(names: readonly string[], value: Pick<LabelSpec, 'description' | 'color'>): Placed {
  return { names, value: value };
}

/** Bytes, not characters: this is what Harbor counts. */
function checkName({ name }: LabelSpec): Finding[] {
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > 0 && bytes <= MAX_NAME_BYTES) return [];
  return [
    { rule: 'label-name', message: `a label's name must have 1 to ${MAX_NAME_BYTES} bytes, this one has ${bytes}` },
  ];
}

/** Harbor accepts any text; the portal then shows an invisible label. */
function checkColor({ color = '' }: LabelSpec): Finding[] {
  if (color === '' || COLOR.test(color)) return [];
  return [
    {
      rule: 'label-color',
      severity: 'warning',
      field: 'color',
      message: `the portal cannot show the color "${color}"`,
      hint: 'write six hexadecimal digits: "#0065AB"',
    },
  ];
}
