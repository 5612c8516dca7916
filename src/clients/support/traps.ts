/** Of hosts.toml, no matter who reads it. */
export const HOSTS_TOML_TRAPS: readonly string[] = [
  'Without `override_path` it asks for `/v2/PROJECT/v2/…`, gets 404 and pulls from the public registry.',
  'A URL without `/v2/` before the project meets the portal of Harbor: `unexpected media type text/html`.',
  'A TOML error or an unknown capability is an error in the log only: the whole file is ignored. Unknown keys are silently ignored.',
  'With `capabilities = ["pull"]` tags are looked up at the public registry.',
  'A `ca` file that is missing fails every pull.',
  'Without a table `[host]` containerd before 2.0 ignores the file (containerd/containerd#10027): it may be empty.',
];

/** Of registries.conf, no matter who reads it. */
export const REGISTRIES_CONF_TRAPS: readonly string[] = [
  '`mirror-by-digest-only` and `pull-from-mirror = "digest-only"` send pulls by tag to the public registry.',
  '`library/` is added before anything is matched: a prefix `docker.io/nginx` matches no official image.',
  'A wildcard such as `*.io` drops the name of the registry: images of quay.io and ghcr.io collide.',
  'A later file in registries.conf.d takes the place of an entry of an earlier one, and only files that end in `.conf` are read.',
  'A location with a scheme makes every pull fail, also of other registries.',
];

/** Of registries.yaml of k3s and RKE2. */
export const REGISTRIES_YAML_TRAPS: readonly string[] = [
  'An endpoint with a path is taken for the whole path: without `/v2/` before the project the portal of Harbor answers.',
  'A path and a `rewrite` together put the project before the repository twice.',
  'Unknown keys, such as `endpoints`, are silently ignored.',
  'An entry for a registry under `configs` keeps its default endpoint, also with `disable-default-registry-endpoint`.',
  'A template of your own for the configuration of containerd may drop the logins.',
];

export const BUILDKIT_TRAPS: readonly string[] = [
  '`[registry.docker.io]` without quotes is a table for a registry called docker.',
  'A mirror has no `/v2`: BuildKit adds it, and Harbor answers 404 for `/v2/v2/…`.',
  '`ca`, `http` and `insecure` under the mirrored registry do not count for the mirror: they belong under the host of Harbor.',
  'Where the mirror fails, the public registry is asked silently.',
];
