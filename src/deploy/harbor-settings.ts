import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from '../json';
import { didYouMean } from '../suggest';
import type { HarborEnvironment } from './harbor/harbor-schema';
import { packageDirectory } from './package-files';
import type { TreeFinding } from './read-tree';

/**
 * What is known about a key of harbor.yml, from `ansible/roles/harbor_host/files/settings.json`, which the role reads,
 * too.
 */
interface Rule {
  /** Why it cannot be set, and what to do instead. */
  readonly refused?: string;
  readonly instead?: string;
  /** The key of the environment that it depends on. */
  readonly needs?: string;
  /** Allowed items of its list. */
  readonly values?: readonly string[];
}

type Table = Readonly<Record<string, Rule>>;

/** From the package: the role of Ansible reads the same file, so that both refuse the same settings. */
export function settingsTable(): Table {
  return JSON.parse(
    readFileSync(join(packageDirectory, 'ansible/roles/harbor_host/files/settings.json'), 'utf8'),
  ) as Table;
}

/**
 * Settings of harbor.yml that have no effect here, or a different one than in Harbor's own installation, because the
 * containers do not follow them.
 * @param path of the settings in their file
 * @param harbor undefined if the environment has errors: then its declaration is unknown
 */
export function checkHarborSettings(
  settings: unknown,
  path: readonly string[],
  harbor: HarborEnvironment | undefined,
): TreeFinding[] {
  const table = settingsTable();
  const findings = leavesOf(settings).flatMap((leaf) => judge(leaf, table, harbor) ?? []);
  // A refused section is one finding, whatever it contains.
  const byPlace = new Map(findings.map((finding) => [finding.path.join('.'), finding]));
  return [...byPlace.values()].map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
}

/** A value that is not a map, or an empty map, with the keys that lead to it. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (!isRecord(value) || Object.keys(value).length === 0) return path.length > 0 ? [{ path, value }] : [];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/**
 * The rule is that of the longest known beginning of the path: one of a section applies to everything in it.
 *
 *      rule                    finding
 *      none                    unknown: it would have no effect
 *      refused                 its reason, at the section
 *      needs harbor.trivy      if that is not declared
 *      values                  items of the list that are not among them
 */
function judge({ path, value }: Leaf, table: Table, harbor: HarborEnvironment | undefined): TreeFinding | undefined {
  const rule = 'harbor-setting';
  const length = path.findLastIndex((_, index) => path.slice(0, index + 1).join('.') in table) + 1;
  const found = table[path.slice(0, length).join('.')];
  if (length === 0 || !found) {
    const hint = didYouMean(path.join('.'), Object.keys(table)) ?? 'docs/guides/host.md lists the settings';
    return { rule, path, message: 'not a setting of harbor.yml that Breakwater follows', hint };
  }
  if (found.refused !== undefined)
    return { rule, path: path.slice(0, length), message: found.refused, hint: found.instead ?? 'leave it out' };
  if (found.needs !== undefined && harbor && !isDeclared(harbor, found.needs))
    return { rule, path, message: `it has no effect without ${found.needs}`, hint: 'declare that, or leave it out' };
  const { values } = found;
  const given: readonly unknown[] = Array.isArray(value) ? value : [];
  const unknown = values ? given.filter((one) => !values.includes(String(one))) : [];
  if (!values || unknown.length === 0) return undefined;
  const names = unknown.map((one) => JSON.stringify(one)).join(', ');
  return { rule, path, message: `${names} is not one of ${values.join(', ')}`, hint: 'leave it out' };
}

/** @param key such as `harbor.storage.s3` */
function isDeclared(harbor: HarborEnvironment, key: string): boolean {
  const value = key
    .split('.')
    .slice(1)
    .reduce<unknown>((inner, name) => (inner as Readonly<Record<string, unknown>> | undefined)?.[name], harbor);
  return value !== undefined && value !== false;
}
