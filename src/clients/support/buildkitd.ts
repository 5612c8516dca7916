import type { Abilities, ClientFile, RenderInput } from '../client';
import { file, harborHost, projectPath } from './rendering';
import { tomlList, tomlString } from './toml';

/** Shared by the clients `buildkit` and `buildx`. */
export const buildkitAbilities: Abilities = {
  registries: 'every registry',
  path: true,
  strict: 'none: if the mirror fails, BuildKit uses the public registry; block it where the builder runs',
  credentials: 'the login of the client that starts the build (docker login HARBOR), for private projects',
  wildcard: 'none',
  ca: "`ca` of Harbor's registry in buildkitd.toml, and also for the client, which fetches the token",
  reload: 'after a restart of buildkitd; a builder of buildx is recreated',
};

/**
 * A mirror has no scheme and no /v2. TLS settings are looked up by the mirror's own host.
 * @param head first line, a comment
 * @param ca path on the machine where BuildKit runs; absent if its system trusts Harbor
 */
export function buildkitdToml(input: RenderInput, head: string, ca?: string): string {
  const tables = input.upstreams.map((upstream) =>
    [`[registry.${tomlString(upstream.registry)}]`, `  mirrors = ${tomlList([projectPath(input, upstream)])}`].join(
      '\n',
    ),
  );
  const own = [
    ...(ca === undefined ? [] : [`  ca = ${tomlList([ca])}`]),
    ...(input.harborUrl.startsWith('http:') ? ['  http = true'] : []),
  ];
  const harbor = own.length === 0 ? [] : [[`[registry.${tomlString(harborHost(input))}]`, ...own].join('\n')];
  return `${[head, ...tables, ...harbor].join('\n\n')}\n`;
}

/** Nothing if the system trusts Harbor's certificate. */
export function buildkitCa(input: RenderInput, path: string): ClientFile[] {
  return input.ca === undefined ? [] : [file(path, input.ca)];
}

/**
 * The token of a private project is fetched by the client of the build, not by buildkitd, so both need the CA.
 */
export function buildkitWarnings({ profile, ca }: RenderInput): string[] {
  return [
    ...(profile === 'strict'
      ? [
          'BuildKit has no strict mode: if the cache fails, it uses the public registry. Block the public registries where the builder runs.',
        ]
      : []),
    ...(ca === undefined
      ? []
      : [
          'The client (docker, buildctl) fetches the token and must trust the CA, too, or the build fails. Set SSL_CERT_FILE for it.',
        ]),
  ];
}
