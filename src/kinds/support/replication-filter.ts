import { compareText } from '../../compare-text';
import type { ReplicationFilterWire } from './replication-wire';
import { canonicalJson } from '../../json';
import { compact } from '../../compact';

/** Which artifacts a policy copies. An artifact must pass every filter. */
export interface ReplicationFilter {
  readonly type: string;
  /** A doublestar pattern; for labels their names, all of which an artifact must have. */
  readonly value: string | readonly string[];
  /** For tags and labels only. Default: `matches`. */
  readonly decoration?: string;
}

/** Harbor's names. `resource` decides between images and all artifacts. */
export const FILTER_TYPES = ['name', 'tag', 'label', 'resource'] as const;
/** `excludes` turns the filter around. */
export const DECORATIONS = ['matches', 'excludes'] as const;

const DECORATED: readonly string[] = ['tag', 'label'];
const RESOURCES: readonly unknown[] = ['image', 'artifact'];
/** The column in which Harbor stores them as JSON; longer texts give only a 500. */
const MAX_STORED_LENGTH = 1024;

/** Filters are joined by "and": their order does not matter. */
export function normaliseFilters(filters: readonly ReplicationFilter[]): ReplicationFilter[] {
  const keyed = filters.map(normaliseFilter).map((filter) => [filter.type + canonicalJson(filter), filter] as const);
  return keyed.sort(([a], [b]) => compareText(a, b)).map(([, filter]) => filter);
}

/** The order of several values means nothing. */
function normaliseFilter({ type, value, decoration }: ReplicationFilter): ReplicationFilter {
  return compact<ReplicationFilter>({
    type,
    value: typeof value === 'string' ? value : [...new Set(value)].sort(),
    decoration: decoration || (DECORATED.includes(type) ? 'matches' : undefined),
  });
}

/** In normal form, so that two equal declarations store the same bytes. */
export function filtersToWire(filters: readonly ReplicationFilter[]): ReplicationFilterWire[] {
  return normaliseFilters(filters);
}

/** `null` if there are none. Everything passes an empty value, whatever its decoration (src/pkg/reg/filter). */
export function filtersFromWire(wires: readonly ReplicationFilterWire[] | null | undefined): ReplicationFilter[] {
  return normaliseFilters((wires ?? []).filter(({ value }) => value.length > 0));
}

/** Why Harbor would refuse this filter (400). */
export function filterProblem({ type, value, decoration }: ReplicationFilter): string | undefined {
  if (decoration !== undefined && !DECORATED.includes(type)) {
    return `a filter of type ${type} cannot have a decoration, only tag and label`;
  }
  if (type === 'label') {
    return typeof value === 'string' ? `the value of a label filter must be a list: [${value}]` : undefined;
  }
  if (typeof value !== 'string') return `the value of a filter of type ${type} must be a string, not a list`;
  return type !== 'resource' || RESOURCES.includes(value)
    ? undefined
    : `the value of a resource filter must be image or artifact, not "${value}"`;
}

/** Why Harbor could not store all of them together, although each is valid. */
export function filtersProblem(filters: readonly ReplicationFilter[]): string | undefined {
  const { length } = storedForm(filtersToWire(filters));
  return length <= MAX_STORED_LENGTH
    ? undefined
    : `the filters may have ${MAX_STORED_LENGTH} characters as JSON, these have ${length}`;
}

/** As Go's encoding/json writes it: `<`, `>` and `&` take six characters. */
function storedForm(filters: readonly ReplicationFilterWire[]): string {
  return JSON.stringify(filters).replace(/[<>&]/g, '\\u0000');
}
