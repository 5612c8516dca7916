import { compact } from '../../compact';
import { pick } from '../../compact';
import { FILTER_KINDS } from './repository-filter';

/** Harbor stores all of these as strings (docs/harbor-behavior.md 5.3). */
export interface ProjectMetadata {
  readonly public?: boolean;
  readonly enable_content_trust?: boolean;
  readonly enable_content_trust_cosign?: boolean;
  readonly prevent_vul?: boolean;
  readonly severity?: string;
  readonly auto_scan?: boolean;
  readonly auto_sbom_generation?: boolean;
  readonly reuse_sys_cve_allowlist?: boolean;
  /** Kilobits a second from the upstream; -1 is no limit. */
  readonly proxy_speed_kb?: number;
  /** Connections to the upstream; -1 is no limit. */
  readonly max_upstream_conn?: number;
  readonly proxy_cache_local_on_not_found?: boolean;
  /** Empty matches every repository. It is written together with its kind, see `metadataToWrite`. */
  readonly proxy_cache_filter_pattern?: string;
  readonly proxy_cache_filter_kind?: string;
  readonly proxy_referrer_api?: boolean;
}

/** Harbor's own names: they are declared as they are called in its API. */
export type MetadataKey = keyof ProjectMetadata;

interface Key {
  readonly type: 'boolean' | 'limit' | 'severity' | 'pattern' | 'filterKind';
  /** On other projects it has no effect, and Harbor does not report it. Default: both. */
  readonly only?: 'proxy' | 'ordinary';
  /** The meaning of a missing boolean: default false. */
  readonly absent?: boolean;
  /** The Harbor version that introduced it, if an older supported one drops it. */
  readonly since?: string;
  /** Affects who may pull what, or what is trusted: see `alwaysWritten` of a kind. */
  readonly decisive?: true;
  readonly about: string;
}

/** The only list of metadata keys. Schema, wire form, checks and documentation are derived from it. */
export const METADATA: Readonly<Record<MetadataKey, Key>> = {
  public: { type: 'boolean', decisive: true, about: 'Anyone may pull without an account.' },
  enable_content_trust: {
    type: 'boolean',
    decisive: true,
    only: 'ordinary',
    about: 'Serve only images that are signed with Notation.',
  },
  enable_content_trust_cosign: {
    type: 'boolean',
    decisive: true,
    about: 'Serve only images that are signed with Cosign.',
  },
  prevent_vul: {
    type: 'boolean',
    decisive: true,
    about: 'Do not serve images with CVEs at or above `severity`.',
  },
  severity: { type: 'severity', decisive: true, about: 'The lowest severity that `prevent_vul` acts on.' },
  auto_scan: { type: 'boolean', decisive: true, about: 'Scan images when they are stored.' },
  auto_sbom_generation: { type: 'boolean', about: 'Generate an SBOM when an image is stored.' },
  reuse_sys_cve_allowlist: {
    type: 'boolean',
    decisive: true,
    absent: true,
    about: "Use the system's CVE allowlist instead of the project's.",
  },
  proxy_speed_kb: { type: 'limit', only: 'proxy', about: 'Kilobits per second from the upstream; -1: no limit.' },
  max_upstream_conn: {
    type: 'limit',
    only: 'proxy',
    since: '2.14',
    about: 'Connections to the upstream; -1: no limit (Harbor 2.14).',
  },
  proxy_cache_local_on_not_found: {
    type: 'boolean',
    only: 'proxy',
    since: '2.15.1',
    about: 'Serve cached images that the upstream does not have any more (Harbor 2.15.1).',
  },
  proxy_cache_filter_pattern: {
    type: 'pattern',
    only: 'proxy',
    since: '2.16',
    about:
      'Serve only matching repositories; the pattern is compared with the name without the project: `library/alpine` (Harbor 2.16).',
  },
  proxy_cache_filter_kind: {
    type: 'filterKind',
    only: 'proxy',
    since: '2.16',
    about: 'Type of the pattern; required with a pattern (Harbor 2.16).',
  },
  proxy_referrer_api: {
    type: 'boolean',
    only: 'proxy',
    since: '2.16',
    about: 'Also look up signatures and SBOMs at the upstream (Harbor 2.16).',
  },
};

/** In the order of `METADATA`, which is that of the reference page. */
export const METADATA_KEYS = Object.keys(METADATA) as MetadataKey[];

/** From weakest to strongest. Harbor also accepts `negligible` of older versions and returns it as `none`. */
export const SEVERITIES = ['none', 'low', 'medium', 'high', 'critical'] as const;

/** The one spelling of "no limit": Harbor also reads 0 and every other negative number so. */
export const NO_LIMIT = -1;

const SCHEMAS = {
  boolean: { type: 'boolean' },
  // POST refuses numbers that do not fit an int32.
  limit: { type: 'integer', minimum: NO_LIMIT, maximum: 2 ** 31 - 1 },
  severity: { enum: SEVERITIES },
  pattern: { type: 'string' },
  filterKind: { enum: FILTER_KINDS },
} as const;

/** JSON Schema for each key, with Harbor's default where it has one. */
export const metadataSchemas: Readonly<Record<string, object>> = Object.fromEntries(
  METADATA_KEYS.map((key) => [key, schemaOf(METADATA[key])]),
);

/** Keys that an export writes even with their default, see `alwaysWritten` of a kind. */
export const decisiveMetadata: readonly string[] = METADATA_KEYS.filter((key) => METADATA[key].decisive);

/** Their place in Harbor's API. */
export const metadataNames: Readonly<Record<string, string>> = Object.fromEntries(
  METADATA_KEYS.map((key) => [key, `metadata.${key}`]),
);

/** Keys that an older supported Harbor drops, and the version that introduced them. */
export const metadataSince: Readonly<Record<string, string>> = Object.fromEntries(
  METADATA_KEYS.flatMap((key) => {
    const { since } = METADATA[key];
    return since === undefined ? [] : [[key, since]];
  }),
);

function schemaOf({ type, about, absent = false }: Key): object {
  const defaults = { boolean: absent, limit: NO_LIMIT, pattern: '', severity: undefined, filterKind: undefined };
  const value = defaults[type];
  return compact({ description: about, ...SCHEMAS[type], default: value });
}

/** The keys that have no effect on a project of this type. */
export function idleKeys(metadata: ProjectMetadata, isProxy: boolean): MetadataKey[] {
  return METADATA_KEYS.filter((key) => metadata[key] !== undefined && !applies(key, isProxy));
}

function applies(key: MetadataKey, isProxy: boolean): boolean {
  const { only } = METADATA[key];
  return only === undefined || (only === 'proxy') === isProxy;
}

/** Every form of "no limit" (0, negative) becomes -1: the next Harbor refuses all others. */
export function normaliseMetadata<T extends ProjectMetadata>(spec: T): T {
  const changed: Record<string, unknown> = {};
  for (const key of METADATA_KEYS) {
    const value = spec[key];
    const normal = value === undefined ? undefined : normaliseValue(key, value);
    if (normal !== value) changed[key] = normal;
  }
  return { ...spec, ...(changed as ProjectMetadata) };
}

/** A number below 1 is no limit. */
function normaliseValue(key: MetadataKey, value: boolean | number | string | undefined): unknown {
  if (typeof value === 'number') return value > 0 ? value : NO_LIMIT;
  return METADATA[key].type === 'severity' ? String(value).toLowerCase() : value;
}

/** All values as text; only keys that are set, because PUT keeps the others. */
export function metadataToWire(metadata: ProjectMetadata): Record<string, string> {
  const set = METADATA_KEYS.filter((key) => metadata[key] !== undefined);
  return Object.fromEntries(set.map((key) => [key, String(metadata[key])]));
}

const FILTER: readonly MetadataKey[] = ['proxy_cache_filter_pattern', 'proxy_cache_filter_kind'];

/** The keys that PUT needs for these changes: Harbor refuses a pattern without its kind in the same request (400). */
export function metadataToWrite(merged: ProjectMetadata, changed: readonly string[]): Record<string, string> {
  const filterChanges = FILTER.some((key) => changed.includes(key));
  const keys = METADATA_KEYS.filter((key) => changed.includes(key) || (filterChanges && FILTER.includes(key)));
  return metadataToWire(pick(normaliseMetadata(merged), keys));
}

/**
 * A missing key is shown with the value that Harbor uses, except for `severity` and the kind of a filter, which stay
 * absent. A pattern that was written alone, at its own endpoint, is matched as doublestar.
 */
export function metadataFromWire(wire: Readonly<Record<string, string>>, isProxy: boolean): ProjectMetadata {
  const shown = wire['proxy_cache_filter_pattern'] ? { proxy_cache_filter_kind: 'doublestar', ...wire } : wire;
  const entries = METADATA_KEYS.filter((key) => applies(key, isProxy)).map((key) => [key, parse(key, shown[key])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as ProjectMetadata;
}

/**
 * Harbor stores metadata as text. A boolean is read as Go does (`strconv.ParseBool`), so `1` and `T` are true,
 * too.
 */
function parse(key: MetadataKey, text: string | undefined): boolean | number | string | undefined {
  const { type, absent = false } = METADATA[key];
  if (type === 'severity' || type === 'filterKind') return text || undefined;
  if (type === 'pattern') return text ?? '';
  if (type === 'boolean') return text === undefined ? absent : /^(1|t|true)$/i.test(text);
  // PUT accepts any text for a number; Harbor then reads an invalid one as no limit.
  const limit = Number(text || NO_LIMIT);
  return Number.isInteger(limit) ? limit : NO_LIMIT;
}
