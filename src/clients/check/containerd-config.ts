import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { error, readToml, startOfFile, warning } from './trees';
import { entriesAt, isText, textsAt } from './values';

/**
 * Name of the CRI plugin in `version = 2` of config.toml, and in the next line the name of the one that pulls
 * images in `version = 3`.
 */
const V1 = 'io.containerd.grpc.v1.cri';
const V2 = 'io.containerd.cri.v1.images';

/**
 * Whether the CRI plugin reads the directory at all.
 * Without `config_path` kubelet and crictl ignore every hosts.toml, however correct it is, so this is checked
 * together with the files.
 *
 *     version in the file   plugin that counts                 the other one
 *     none (1)              none of the two                    ignored without an error
 *     2                     io.containerd.grpc.v1.cri          ignored without an error
 *     3 (containerd 2)      io.containerd.cri.v1.images        ignored without an error
 */
export function checkContainerdConfig(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return files
    .filter(({ path }) => /(^|\/)config\.toml(\.snippet)?$/.test(path))
    .flatMap((file) => {
      const { trees, diagnostics } = readToml(file, 'containerd does not start');
      return [...diagnostics, ...trees.flatMap((tree) => checkConfig(tree, file, files, facts))];
    });
}

/** Both plugin names are read: which of them counts depends on the version of the file, see `otherVersion`. */
function checkConfig(tree: TreeNode, file: FoundFile, files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const plugins = childOf(tree, 'plugins');
  const unquoted = plugins?.type === 'map' ? plugins.entries.get('io') : undefined;
  if (unquoted)
    return [
      error(
        'unquoted-table',
        unquoted.key,
        'the dots create nested tables, and containerd has no plugin io',
        `write [plugins."${V2}".registry]`,
      ),
    ];
  const registries = [V1, V2].flatMap((plugin) => {
    const entry = plugins?.type === 'map' ? plugins.entries.get(plugin) : undefined;
    const registry = entry?.value.type === 'map' ? entry.value.entries.get('registry') : undefined;
    return entry && registry ? [{ plugin, key: entry.key, registry: registry.value }] : [];
  });
  return [
    ...disabledPlugin(tree),
    ...registries.flatMap(({ plugin, key, registry }) => [
      ...otherVersion(tree, plugin, key, facts),
      ...checkRegistry(registry, files),
    ]),
    ...(registries.some(({ registry }) => textsAt(registry, 'config_path').length > 0)
      ? []
      : noConfigPath(tree, file, facts)),
  ];
}

/** Docker's package of containerd ships with this line. */
function disabledPlugin(tree: TreeNode): Diagnostic[] {
  return textsAt(tree, 'disabled_plugins')
    .filter(({ value }) => ['cri', V1, V2, 'io.containerd.cri.v1.runtime'].includes(value))
    .map(({ span }) =>
      warning(
        'cri-disabled',
        span,
        'the CRI plugin is disabled: kubelet cannot use this containerd',
        'remove it from disabled_plugins',
      ),
    );
}

/** `version` alone decides which plugin's table counts; see the table above. */
function otherVersion(tree: TreeNode, plugin: string, key: TreeNode['span'], { version }: Facts): Diagnostic[] {
  const written = childOf(tree, 'version');
  const format = written?.type === 'scalar' ? written.value : 1;
  if (format !== 1 && format !== 2 && format !== 3)
    return [
      error(
        'config-version',
        written?.span ?? key,
        'version is 1, 2 or 3: containerd does not start',
        'write: version = 2',
      ),
    ];
  if (format === 1)
    return [
      error(
        'config-version',
        written?.span ?? key,
        `without version = 2 or 3 containerd 1 ignores the plugin ${plugin}`,
        `write: version = ${plugin === V1 ? 2 : 3} at the top`,
      ),
    ];
  const right = format === 3 ? V2 : V1;
  if (plugin === right) {
    const isTooNew = format === 3 && version !== undefined && /^1\./.test(version);
    return isTooNew
      ? [
          error(
            'config-version',
            written?.span ?? key,
            `version = 3 is for containerd 2, and this is ${version}: it does not start`,
            'write: version = 2',
          ),
        ]
      : [];
  }
  const message = `with version = ${String(format)} containerd ignores the plugin ${plugin}`;
  return [error('config-version', key, message, `write [plugins."${right}".registry]`)];
}

/** `mirrors` alone, the old way, is not reported. Only both together are an error. */
function checkRegistry(registry: TreeNode, files: readonly FoundFile[]): Diagnostic[] {
  const [path] = textsAt(registry, 'config_path');
  const old = registry.type === 'map' ? registry.entries.get('mirrors') : undefined;
  const tls = entriesAt(registry, 'configs').filter(([, { value }]) => childOf(value, 'tls') !== undefined);
  const written = childOf(registry, 'config_path');
  if (written && !isText(written))
    return [
      error(
        'wrong-type',
        written.span,
        'config_path must be a string: containerd refuses the plugin',
        'write: config_path = "/etc/containerd/certs.d"',
      ),
    ];
  const effect = 'together with config_path containerd disables the plugin, and every pull fails';
  return [
    ...(path && old ? [error('old-and-new', old.key, `mirrors: ${effect}`, 'remove the tables registry.mirrors')] : []),
    ...(path
      ? tls.map(([, { key }]) => error('old-and-new', key, `configs with tls: ${effect}`, 'set ca in hosts.toml'))
      : []),
    ...(path ? elsewhere(path.value, path.span, files) : []),
    ...(registry.type === 'map' ? [...registry.entries] : [])
      .filter(([name]) => !['config_path', 'mirrors', 'configs', 'auths', 'headers'].includes(name))
      .map(([name, { key }]) =>
        error('unknown-key', key, `unknown key "${name}": containerd ignores it`, 'did you mean "config_path"?'),
      ),
  ];
}

/** `config_path` is a list separated by colons. */
function elsewhere(configPath: string, at: TreeNode['span'], files: readonly FoundFile[]): Diagnostic[] {
  const roots = configPath.split(':').map((root) => root.replace(/\/+$/, ''));
  const seen = files
    .filter(({ path }) => path.endsWith('/hosts.toml'))
    .map(({ path }) => path.replace(/\/[^/]*\/hosts\.toml$/, ''));
  const [other] = seen.filter((root) => !roots.includes(root));
  if (other === undefined || seen.some((root) => roots.includes(root))) return [];
  return [
    error(
      'config-path',
      at,
      `the files are in ${other}, but containerd reads ${configPath}`,
      `write: config_path = "${other}"`,
    ),
  ];
}

/**
 * A file with `imports` is not judged: the path may be in another file. Only a warning if the version is
 * unknown.
 */
function noConfigPath(tree: TreeNode, file: FoundFile, { version }: Facts): Diagnostic[] {
  if (childOf(tree, 'imports') !== undefined) return [];
  // Since 2.2 the default is /etc/containerd/certs.d.
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  if (major > 2 || (major === 2 && minor >= 2)) return [];
  const at = startOfFile(file.path);
  const message = 'config_path is not set: kubelet and crictl do not read hosts.toml';
  const hint = `add [plugins."${V2}".registry] (version 3) or [plugins."${V1}".registry] (version 2) with config_path`;
  return [version === undefined ? warning('config-path', at, message, hint) : error('config-path', at, message, hint)];
}
