import { compact } from '../../../compact';
/** The effect of a saved Terraform plan, in names of services instead of resources. */
export interface PlanSummary {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly replaced: readonly Replaced[];
  readonly destroyed: readonly string[];
  /** Imported into the state. They can also be in the other lists. */
  readonly imported?: readonly string[];
}

/** Destroyed and created again: the service is down in between. */
export interface Replaced {
  readonly name: string;
  /** Image before and after, where it changes. */
  readonly images?: readonly [string, string];
}

/** The part of `terraform show -json` that is used here. */
export interface ResourceChange {
  readonly address: string;
  readonly mode?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before?: Attributes | null;
    readonly after?: Attributes | null;
    readonly after_unknown?: unknown;
    readonly replace_paths?: unknown;
    readonly importing?: unknown;
  };
}

type Attributes = Readonly<Record<string, unknown>>;

/** From `terraform show -json PLAN`; undefined for other text. Only names and images are shown, no values. */
export function summarisePlan(text: string): PlanSummary | undefined {
  const changes = changesIn(text)?.filter(({ mode }) => mode !== 'data');
  if (!changes) return undefined;
  const having = (...actions: string[]): ResourceChange[] =>
    changes.filter(({ change }) => actions.every((action) => change.actions.includes(action)));
  const replaced = having('create', 'delete');
  const alone = (action: string): string[] =>
    having(action)
      .filter((change) => !replaced.includes(change))
      .map(nameOf);
  const imported = changes.filter(({ change }) => change.importing !== undefined).map(nameOf);
  return compact({
    created: alone('create'),
    updated: alone('update'),
    replaced: replaced.map(toReplaced),
    destroyed: alone('delete'),
    imported: imported.length > 0 ? imported : undefined,
  });
}

/** From `terraform show -json PLAN`; undefined for other text. */
export function changesIn(text: string): readonly ResourceChange[] | undefined {
  try {
    const told = JSON.parse(text) as { resource_changes?: readonly ResourceChange[] } | null;
    return told === null ? undefined : (told.resource_changes ?? []);
  } catch {
    return undefined;
  }
}

/** Addresses of resources that a plan creates again. */
export function createdIn(text: string): readonly string[] {
  const created = (changesIn(text) ?? []).filter(({ change }) => String(change.actions) === 'create');
  return created.map(({ address }) => address);
}

function nameOf({ address, change }: ResourceChange): string {
  const name = (change.after ?? change.before)?.['name'];
  return typeof name === 'string' ? name : address;
}

function toReplaced(change: ResourceChange): Replaced {
  const [before, after] = [change.change.before?.['image'], change.change.after?.['image']];
  const moved = typeof before === 'string' && typeof after === 'string' && before !== after;
  return compact({ name: nameOf(change), images: moved ? ([before, after] as const) : undefined });
}

/** '' for a plan that only reads. */
export function planSummaryText({ created, updated, replaced, destroyed, imported = [] }: PlanSummary): string {
  return [
    ...listed('imports', imported),
    ...listed('creates', created),
    ...listed('changes in place', updated),
    ...(replaced.length > 0 ? [`replaces ${replaced.length}:`] : []),
    ...replaced.map(({ name, images }) => `  ${name}  ${images ? imageChange(images) : 'new configuration'}`),
    ...listed('destroys', destroyed),
  ].join('\n');
}

function listed(verb: string, names: readonly string[]): string[] {
  return names.length > 0 ? [`${verb} ${names.length}: ${names.map(withoutDigest).join(', ')}`] : [];
}

function imageChange([before, after]: readonly [string, string]): string {
  return `${withoutDigest(before)} -> ${withoutDigest(after)}`;
}

/** `name:tag@sha256:…` is too long to read; if only the digest changed, only the digest is shown. */
function withoutDigest(image: string): string {
  const [named = image, digest] = image.split('@');
  return digest === undefined ? named : `${named} (${digest.slice(7, 15)})`;
}
