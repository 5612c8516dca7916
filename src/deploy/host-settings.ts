import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { compact } from '../compact';
import type { SourceText } from '../declaration/yaml/source-text';
import { hasErrors, inOrder, type Diagnostic } from '../diagnostic';
import { checkHarborSettings } from './harbor-settings';
import type { HarborEnvironment } from './harbor/harbor-schema';
import { diagnosticOf, readFileOf, type TreeFinding } from './read-tree';

/** Variables of the roles, with the names of the roles; `ansible_` for how Ansible logs in and becomes root. */
const SETTING = '^(ansible|docker_host|harbor_host|harbor_backup|harbor_restore|trust_client)_[a-z0-9_]+$';
const SECRET = /(password|secret_?key|access_?key|account_?key|token)$/;
/** Keys of harbor.yml that are merged over those of the role: a closed list, because the stacks follow no others. */
const HARBOR_SETTINGS = 'harbor_host_settings';

const schema = {
  title: 'Breakwater host settings',
  type: 'object',
  propertyNames: { pattern: SETTING, maxLength: 100 },
} as const;

/** What is known of `<environment>.host.yaml`. Its values are Ansible's own business. */
export interface LoadedHostSettings {
  /** Absent if there is no such file: most hosts need none. */
  readonly file?: string;
  readonly diagnostics: readonly Diagnostic[];
  /** Absent where it could not be read. */
  readonly source?: SourceText;
}

/** Tells these files from environments, which are in the same directory. */
export const HOST_SETTINGS_FILE = /\.host\.ya?ml$/;

/**
 * `<environment>.host.yaml` next to the environment: settings for Ansible that the stacks do not use, such as a proxy,
 * private CAs and files. The roles check the values; names, secrets and the settings of harbor.yml are checked here.
 * @param harbor of the environment; undefined if that has errors
 * @param pair of which the environment is one machine: its settings are used where the machine has none
 */
export async function loadHostSettings(
  directory: string,
  environment: string,
  harbor?: HarborEnvironment,
  pair?: string,
): Promise<LoadedHostSettings> {
  const file = join(directory, `${environment}.host.yaml`);
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return pair === undefined ? { diagnostics: [] } : loadHostSettings(directory, pair, harbor);
  const { value, tree, source, diagnostics } = await readFileOf<Readonly<Record<string, unknown>>>(file, schema);
  const findings = [
    ...secretsIn(value ?? {}).map(secretInFile),
    ...checkHarborSettings(value?.[HARBOR_SETTINGS], [HARBOR_SETTINGS], harbor),
  ];
  const all = inOrder([...diagnostics, ...(tree ? findings.map((finding) => diagnosticOf(finding, tree)) : [])]);
  return compact({ file: hasErrors(all) ? undefined : file, source, diagnostics: all });
}

function secretInFile(path: readonly string[]): TreeFinding {
  return {
    rule: 'secret-in-file',
    path,
    message: 'do not write secrets into this file, which is in Git',
    hint: "write {{ lookup('env', 'NAME') }}, or keep it in a vault: host.vault (docs/guides/host.md)",
  };
}

/** Passwords: values of keys that are named like one, or inside a URL. A template of Ansible is read from elsewhere. */
function secretsIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === 'string') {
    const isSecret = SECRET.test(path.at(-1) ?? '') || /:\/\/[^/\s:@]+:[^/\s@]+@/.test(value);
    return isSecret && !value.includes('{{') ? [[...path]] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, [...path, key]));
}
