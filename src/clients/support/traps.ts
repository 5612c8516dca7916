/** Pitfalls of hosts.toml, for every program that reads it. */
export const HOSTS_TOML_TRAPS: readonly string[] = [
  'Without `override_path` it requests `/v2/PROJECT/v2/…`, gets 404 and pulls from the public registry.',
  "A URL without `/v2/` before the project reaches Harbor's portal: `unexpected media type text/html`.",
  'A TOML error or an unknown capability is only logged, and the whole file is ignored. Unknown keys are silently ignored.',
  'With `capabilities = ["pull"]` tags are looked up at the public registry.',
  'If the `ca` file is missing, every pull fails.',
  'Without a table `[host]` containerd before 2.0 ignores the file (containerd/containerd#10027): it may be empty.',
];

/** Pitfalls of registries.conf, for every program that reads it. */
export const REGISTRIES_CONF_TRAPS: readonly string[] = [
  '`mirror-by-digest-only` and `pull-from-mirror = "digest-only"` send pulls by tag to the public registry.',
  '`library/` is added before anything is matched: a prefix `docker.io/nginx` matches no official image.',
  'A wildcard such as `*.io` drops the name of the registry: images of quay.io and ghcr.io collide.',
  'A later file in registries.conf.d replaces entries of an earlier one, and only files that end in `.conf` are read.',
  'A location with a scheme makes every pull fail, also of other registries.',
];

/** Pitfalls of registries.yaml of k3s and RKE2. */
export const REGISTRIES_YAML_TRAPS: readonly string[] = [
  "An endpoint with a path replaces the whole path: without `/v2/` before the project Harbor's portal responds.",
  'A path and a `rewrite` together put the project before the repository twice.',
  'Unknown keys, such as `endpoints`, are silently ignored.',
  'An entry for a registry under `configs` keeps its default endpoint, also with `disable-default-registry-endpoint`.',
  "A custom template for containerd's configuration may drop the logins.",
];

/** Pitfalls of buildkitd.toml, for buildkitd and buildx. */
export const BUILDKIT_TRAPS: readonly string[] = [
  '`[registry.docker.io]` without quotes is a table for a registry called docker.',
  'A mirror must not contain `/v2`: BuildKit adds it, and Harbor returns 404 for `/v2/v2/…`.',
  "`ca`, `http` and `insecure` of the mirrored registry do not apply to the mirror: set them under Harbor's host.",
  'If the mirror fails, the public registry is used silently.',
];
