import type { Environment } from './environment';
import { isRecord } from '../json';
import type { TreeFinding } from './read-tree';

/** Sections that Ansible does not use; cluster.values may contain templates of the chart. */
const NOT_FOR_ANSIBLE: ReadonlySet<string> = new Set(['name', 'cluster', 'waivers', 'rules']);
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\u0085\u2028\u2029]/;
const TEMPLATE = /\{\{|\{%|\{#/;

/**
 * Refuses templates and control characters. Ansible reads the same file and evaluates templates, so a change of the file could
 * run programs on the deploying machine. A line break starts another setting in an env file or a systemd unit.
 */
export function checkTexts(environment: Environment): TreeFinding[] {
  return Object.entries(environment)
    .filter(([section]) => !NOT_FOR_ANSIBLE.has(section))
    .flatMap(([section, value]) => textsIn(value, [section]))
    .flatMap(({ path, text }) => judge(path, text) ?? []);
}

interface Text {
  readonly path: TreeFinding['path'];
  readonly text: string;
}

function textsIn(value: unknown, path: TreeFinding['path']): Text[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((inner: unknown, index) => textsIn(inner, [...path, index]));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(TEMPLATE.test(key) ? [{ path: [...path, key], text: key }] : []),
    ...textsIn(inner, [...path, key]),
  ]);
}

function judge(path: TreeFinding['path'], text: string): TreeFinding | undefined {
  if (CONTROL.test(text))
    return {
      rule: 'control-character',
      path,
      message: 'contains a line break or another control character',
      hint: 'write it on one line',
    };
  if (!TEMPLATE.test(text)) return undefined;
  const hint = 'write the value itself; a secret or a lookup belongs into <name>.host.yaml (docs/guides/host.md)';
  return { rule: 'template', path, message: 'contains a template of Ansible, which is not evaluated here', hint };
}
