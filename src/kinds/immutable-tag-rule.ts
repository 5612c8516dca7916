import { projectShape } from './support/project-shape';
import { flag, integer, key, list, needed, object, optional, text, type Shape } from '../shape';
import { selectorShape, repositorySelectors, type SelectorWire } from './support/selector-wire';
import type { Client } from '../harbor/client';
import type { JsonObject } from '../json';
import type { Finding, Kind, Placed, WriteContext } from './kind';
import { checkDoublestar } from './support/doublestar';
import { compact } from '../compact';
import { inProjects } from './support/in-projects';
import { projectPath } from './support/paths';
import { readable } from './support/readable';

/** One rule as Harbor returns it. The list of the project has all of them, in no order that matters. */
export interface ImmutableTagRuleWire {
  readonly id: number;
  readonly disabled?: boolean;
  readonly action: string;
  readonly template: string;
  readonly tag_selectors: readonly SelectorWire[] | null;
  readonly scope_selectors?: { readonly repository?: readonly SelectorWire[] };
}

/** A rule without readable selectors has no identity, so their absence makes the whole object unreadable. */
export const immutableTagRuleShape: Shape<ImmutableTagRuleWire> = object<ImmutableTagRuleWire>({
  id: needed(integer),
  disabled: optional(flag),
  action: text,
  template: text,
  // The identity of a rule consists of its patterns.
  tag_selectors: key(list(selectorShape)),
  scope_selectors: key(optional(repositorySelectors)),
});

const EVERYTHING = '**';
/** Harbor applies no rule that lacks a selector; no pattern of a tag or a repository looks like this. */
const NOTHING = '(none)';

/**
 * A rule has no name, so its content is its identity:
 *
 *     tags v*, all repositories             v*@**
 *     all tags, not in scratch/**           **@!scratch/**
 *     the same rule a second time           v*@** (2)          only by hand: it cannot be declared
 *
 * Any change of a pattern is therefore another rule. Only `disabled` can be updated.
 */
export interface ImmutableTagRuleSpec {
  readonly project: string;
  /** Doublestar patterns: one of the two; default: `**`. */
  readonly tags?: string;
  readonly tags_exclude?: string;
  readonly repositories?: string;
  readonly repositories_exclude?: string;
  readonly disabled?: boolean;
  /**
   * Number among rules with the same content, which only manual edits can create: the second, the third. Cannot be
   * declared.
   */
  readonly copy?: number;
}

/** The response for a single rule does not contain its project. */
export interface OwnedRuleWire extends ImmutableTagRuleWire {
  readonly project: string;
  readonly copy?: number;
}

const pattern = { type: 'string', minLength: 1, maxLength: 1024 } as const;

const schema = {
  title: 'Tag immutability rule',
  type: 'object',
  properties: {
    tags: { description: 'Doublestar pattern; default: **', ...pattern, default: EVERYTHING },
    tags_exclude: { description: 'Instead of tags: all tags except those that match.', ...pattern },
    repositories: { description: 'Doublestar pattern; default: **', ...pattern, default: EVERYTHING },
    repositories_exclude: {
      description: 'Instead of repositories: all repositories except those that match.',
      ...pattern,
    },
    disabled: { description: 'The rule is kept and does nothing.', type: 'boolean', default: false },
  },
  additionalProperties: false,
} as const;

/**
 * Tags that cannot be moved or deleted. A rule that is created disabled is in force for a moment, between two
 * requests; if the second fails, it is deleted again.
 */
export const immutableTagRule: Kind<ImmutableTagRuleSpec, OwnedRuleWire> = readable<
  ImmutableTagRuleSpec,
  OwnedRuleWire
>({
  name: 'immutable-tag-rule',
  about: 'Tags of a project that cannot be moved or deleted.',
  placements: [
    {
      path: 'projects.*.immutable_tags.[]',
      schema,
      example: { names: ['library'], value: { tags: 'v*', repositories_exclude: 'scratch/**' } },
      toSpec: (value, [project = '']) => ({ ...(value as JsonObject), project }),
      fromSpec: place,
    },
  ],
  dependsOn: ['project'],
  replaceOn: [],
  alwaysWritten: ['disabled'],
  restrictedBy: ['tags', 'tags_exclude', 'repositories', 'repositories_exclude'],
  writeOnly: [],
  guarded: [{ field: 'disabled', default: false }],
  deletable: true,
  access: {
    /** A rule has no name. It is found by its content in the list of its project. */
    read: 'immutable-tag:list',
    create: 'immutable-tag:create',
    update: 'immutable-tag:update',
    remove: 'immutable-tag:delete',
  },
  calls: { perProject: 'GET /projects/{}/immutabletagrules' },
  harborNames: {
    tags: 'tag_selectors[0].pattern',
    tags_exclude: 'tag_selectors[0].pattern',
    repositories: 'scope_selectors.repository[0].pattern',
    repositories_exclude: 'scope_selectors.repository[0].pattern',
  },
  traps: [
    'A rule has no name: a changed rule is a new rule, and the old one is deleted only with `prune`.',
    'POST ignores `disabled`, and PUT changes either `disabled` or the rest: a disabled rule is created with two calls.',
    'Harbor uses only the first selector of tags and the first of repositories.',
  ],

  identity: (spec) => `${spec.project}/${contentOf(spec)}${spec.copy === undefined ? '' : ` (${spec.copy})`}`,
  normalise: (spec) => spec,
  references: ({ project }) => [{ kind: 'project', identity: project, field: '', owner: true }],
  check: (spec) => [
    ...checkPair(spec, 'tags', 'tags_exclude'),
    ...checkPair(spec, 'repositories', 'repositories_exclude'),
    ...checkDoublestar(spec.tags, 'tag', 'tags'),
    ...checkDoublestar(spec.tags_exclude, 'tag', 'tags_exclude'),
    ...checkDoublestar(spec.repositories, 'repository', 'repositories'),
    ...checkDoublestar(spec.repositories_exclude, 'repository', 'repositories_exclude'),
  ],

  list: (context) => inProjects(context, ({ name }) => rulesOf(context.client, name)),

  fromWire(wire) {
    const { project, copy, disabled = false } = wire;
    const spec = compact<ImmutableTagRuleSpec>({ project, ...patternsOf(wire), disabled, copy });
    return { identity: immutableTagRule.identity(spec), id: wire.id, spec };
  },

  toWire: ({ project, tags, tags_exclude, repositories, repositories_exclude, disabled = false }) => ({
    project,
    disabled,
    action: 'immutable',
    template: 'immutable_template',
    tag_selectors: [selector('matches', tags, 'excludes', tags_exclude)],
    scope_selectors: { repository: [selector('repoMatches', repositories, 'repoExcludes', repositories_exclude)] },
  }),

  async read({ client, refs }, identity) {
    const name = identity.slice(0, identity.indexOf('/'));
    const project = await client.find(projectPath(name), { shape: projectShape });
    const wires = project ? await rulesOf(client, name) : [];
    return wires.map((wire) => immutableTagRule.fromWire(wire, refs)).find((live) => live.identity === identity);
  },

  /** POST enables every rule (docs/harbor-behavior.md 9.1). */
  async create({ client, refs }, desired) {
    const { project: _project, ...wire } = immutableTagRule.toWire(desired, refs);
    const { id } = await client.post(rulesPath(desired.project), wire);
    if (desired.disabled !== true || id === undefined) return compact<{ id?: number }>({ id });
    await setDisabled({ client, refs }, desired, id).catch(async (error: unknown) => {
      // If it stayed, it would be in force, which is the opposite of the declaration.
      await client.delete(`${rulesPath(desired.project)}/${id}`).catch(() => {});
      throw error;
    });
    return { id };
  },

  /** Any other difference is another rule: a PUT with a changed `disabled` changes only that. */
  async update(context, { live, merged }) {
    await setDisabled(context, merged, live.id as number);
  },

  async remove({ client }, live) {
    await client.delete(`${rulesPath(live.spec.project)}/${live.id}`);
  },
});

function rulesPath(project: string): string {
  return `${projectPath(project)}/immutabletagrules`;
}

/** Harbor ignores `disabled` when it creates a rule, so a disabled one needs this second request. */
async function setDisabled(
  { client, refs }: Pick<WriteContext, 'client' | 'refs'>,
  spec: ImmutableTagRuleSpec,
  id: number,
): Promise<void> {
  const { project: _project, ...wire } = immutableTagRule.toWire(spec, refs);
  await client.put(`${rulesPath(spec.project)}/${id}`, { ...wire, id });
}

/**
 * Two rules may have the same content. The identity is the content, so the second gets a number: it can then be
 * planned and deleted like any other.
 */
async function rulesOf(client: Client, project: string): Promise<OwnedRuleWire[]> {
  const rules = await client.list(rulesPath(project), { shape: immutableTagRuleShape });
  const seen = new Map<string, number>();
  return rules.map((rule): OwnedRuleWire => {
    const content = contentOf(patternsOf(rule));
    const copy = (seen.get(content) ?? 0) + 1;
    seen.set(content, copy);
    return copy === 1 ? { ...rule, project } : { ...rule, project, copy };
  });
}

type Patterns = Omit<ImmutableTagRuleSpec, 'project'>;

/** Harbor uses only the first selector of each type (src/pkg/immutable/match/rule). */
function patternsOf({ tag_selectors, scope_selectors }: ImmutableTagRuleWire): Patterns {
  const [tag] = tag_selectors ?? [];
  const [repository] = scope_selectors?.repository ?? [];
  const tags = tag?.pattern ?? NOTHING;
  const repositories = repository?.pattern ?? NOTHING;
  return {
    ...(tag?.decoration === 'excludes' ? { tags_exclude: tags } : { tags }),
    ...(repository?.decoration === 'repoExcludes' ? { repositories_exclude: repositories } : { repositories }),
  };
}

/** `v*@**`: tags v* of all repositories; `!` precedes an exclusion. */
function contentOf({ tags, tags_exclude, repositories, repositories_exclude }: Patterns): string {
  return `${one(tags, tags_exclude)}@${one(repositories, repositories_exclude)}`;
}

function one(matches: string | undefined, excludes: string | undefined): string {
  if (matches === undefined && excludes !== undefined) return `!${escaped(excludes)}`;
  return escaped(matches ?? EVERYTHING);
}

function escaped(text: string): string {
  return text.replace(/[%@!]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
}

/**
 * One selector has one decoration: it either matches or excludes. That is why both fields together are refused
 * before (`checkPair`).
 */
function selector(
  matching: string,
  matches: string | undefined,
  excluding: string,
  excludes: string | undefined,
): SelectorWire {
  const kind = 'doublestar';
  if (matches === undefined && excludes !== undefined) return { kind, decoration: excluding, pattern: excludes };
  return { kind, decoration: matching, pattern: matches ?? EVERYTHING };
}

/** A repeated rule is not written to the file: the first one says the same. */
function place({ project, copy, ...value }: ImmutableTagRuleSpec): Placed | undefined {
  if (copy !== undefined) return undefined;
  // A rule for everything still needs a field: one with a note is written.
  const isForAll = value.tags === EVERYTHING && value.repositories === EVERYTHING;
  const notes = isForAll ? { tags: 'Every tag of every repository.' } : {};
  return { names: [project], value: value as JsonObject, notes };
}

function checkPair(
  spec: ImmutableTagRuleSpec,
  matches: 'tags' | 'repositories',
  excludes: 'tags_exclude' | 'repositories_exclude',
): Finding[] {
  if (spec[matches] === undefined || spec[excludes] === undefined) return [];
  return [
    {
      rule: 'immutable-selector',
      field: excludes,
      message: `a rule has either ${matches} or ${excludes}: Harbor uses only the first one`,
      hint: `remove ${matches}, or write two rules`,
    },
  ];
}
