import { created, OK } from '../api/answer';
import type { Api } from '../api/api';
import { projectFor } from '../api/access';
import { type Call, idParam, page } from '../api/call';
import { type JsonObject, model } from '../api/model';
import { type Columns, filterRows, sortRows } from '../api/query';
import { omitEmpty } from '../go-compat/wire';
import type { Context } from '../context';
import { badRequest, conflict, notFound } from '../errors';
import { parseRule } from '../immutable/rule';
import type { ImmutableTagRuleRow, ProjectRow } from '../store/rows';
import type { Selector } from '../selection/selector';
import type { Store } from '../store/store';

const Selector = model('ImmutableSelector', {
  kind: 'string',
  decoration: 'string',
  pattern: 'string',
  extras: 'string',
});

const ImmutableRule = model('ImmutableRule', {
  id: 'int64',
  priority: 'int64',
  disabled: 'bool',
  action: 'string',
  template: 'string',
  params: { map: 'any' },
  tag_selectors: { list: Selector },
  scope_selectors: { map: { list: Selector } },
});

const COLUMNS: Columns<ImmutableTagRuleRow> = { id: (row) => row.id, disabled: (row) => row.disabled };

const PATH = '/projects/:project/immutabletagrules';

/**
 * Stands in for src/server/v2.0/handler/immutable.go. Patterns are not checked: a rule that cannot be read is
 * stored, and then protects nothing.
 *
 *     POST                        always enabled; 409 for the same content
 *     PUT with another disabled   changes only that
 *     PUT with the same           changes the rest
 */
export function register(api: Api): void {
  const { context } = api;
  const { store } = context;
  api.get(PATH, (call) => {
    const project = projectFor(store, call, 'immutable-tag', 'list');
    const rows = filterRows(store.immutableTagRules.findAll('project', project.id), call.query.get('q'), COLUMNS);
    const answer = page(call, sortRows(rows, call.query.get('sort'), COLUMNS), (row) => row);
    // Each page is sorted by id, regardless of the sorting that selected its rows.
    return { ...answer, body: sortRows(answer.body as ImmutableTagRuleRow[], 'id', COLUMNS).map(ruleWire) };
  });
  api.post(PATH, (call) => createRule(context, call), { body: ['ImmutableRule', ImmutableRule] });
  api.put(`${PATH}/:immutable_rule_id`, (call) => updateRule(context, call), {
    body: ['ImmutableRule', ImmutableRule],
  });
  api.delete(`${PATH}/:immutable_rule_id`, (call) => {
    const project = projectFor(store, call, 'immutable-tag', 'delete');
    store.immutableTagRules.remove(ruleFor(store, call, project).id);
    return OK;
  });
}

/** Every new rule is enabled, whatever was sent (docs/harbor-behavior.md 9.1). */
function createRule({ store, clock }: Context, call: Call): ReturnType<typeof created> {
  const project = projectFor(store, call, 'immutable-tag', 'create');
  const content = contentOf(call.body, project);
  if (store.immutableTagRules.findAll('project', project.id).some((row) => row.content === content))
    throw conflict('immutable rule already exists');
  const creationTime = clock.now();
  const row = store.immutableTagRules.insert({ projectId: project.id, disabled: false, content, creationTime });
  return created(`${call.path}/${row.id}`);
}

/** A request that changes `disabled` changes nothing else. */
function updateRule({ store }: Context, call: Call): typeof OK {
  const id = idParam(call, 'immutable_rule_id');
  if ((call.body['id'] ?? 0) !== id)
    throw badRequest("bad request: the immutable_rule_id doesn't match the id in the payload body of ImmutableRule");
  const project = projectFor(store, call, 'immutable-tag', 'update');
  const row = ruleFor(store, call, project);
  const disabled = call.body['disabled'] === true;
  if (disabled === row.disabled) store.immutableTagRules.update(id, { content: contentOf(call.body, project) });
  else store.immutableTagRules.update(id, { disabled });
  return OK;
}

/** What Harbor stores in one column, and what must differ between two rules of a project: id and `disabled` as sent. */
function contentOf(body: JsonObject, { id: projectId }: ProjectRow): string {
  const { id = 0, disabled = false, priority = 0, action = '', template = '' } = body;
  const tag_selectors = (body['tag_selectors'] as Selectors | undefined)?.map(selectorContent) ?? null;
  const scopes = Object.entries((body['scope_selectors'] ?? {}) as Record<string, Selectors>)
    .map(([key, list]) => [key, list.map(selectorContent)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  // Harbor's model omits an empty scope; a list of no tags is a different rule than no list.
  const scope_selectors = scopes.length === 0 ? null : Object.fromEntries(scopes);
  return JSON.stringify({ id, projectId, disabled, priority, action, template, tag_selectors, scope_selectors });
}

type Selectors = readonly (Partial<Selector> | null)[];

/** The keys in a fixed order, without `extras`. */
function selectorContent(selector: Partial<Selector> | null): object | null {
  if (!selector) return null;
  const { kind = '', decoration = '', pattern = '' } = selector;
  return { kind, decoration, pattern };
}

/** A rule of another project is 404 with other words than one that does not exist. */
function ruleFor(store: Store, call: Call, project: ProjectRow): ImmutableTagRuleRow {
  const id = idParam(call, 'immutable_rule_id');
  const row = store.immutableTagRules.get(id);
  if (!row) throw notFound(`immutable rule ${id} not found`);
  if (row.projectId !== project.id) throw notFound(`resource not found: project id ${project.id} does not match`);
  return row;
}

/** `disabled` comes from the row, everything else from the stored text of the rule. */
function ruleWire(row: ImmutableTagRuleRow): object {
  const { tag_selectors, scope_selectors, ...rule } = parseRule(row.content);
  const scopes = Object.entries(scope_selectors ?? {}).map(([key, list]) => [key, list.map(selectorWire)]);
  return {
    ...omitEmpty({
      action: rule.action,
      disabled: row.disabled,
      id: row.id,
      priority: rule.priority,
      template: rule.template,
    }),
    ...(scopes.length === 0 ? {} : { scope_selectors: Object.fromEntries(scopes) as object }),
    tag_selectors: tag_selectors?.map(selectorWire) ?? null,
  };
}

function selectorWire({ kind, decoration, pattern }: Selector): object {
  return omitEmpty({ decoration, kind, pattern });
}
