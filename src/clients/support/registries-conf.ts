import { checkRegistriesConf } from '../check/registries-conf';
import type { Abilities, Client, ClientFile, RenderInput, Upstream } from '../client';
import { header } from './header';
import { credentialWarnings, file, harborHost, projectPath } from './rendering';
import { dockerConfig } from './docker-config';
import { SECRET_MODE } from './rendering';
import { tomlString } from './toml';
import { REGISTRIES_CONF_TRAPS } from './traps';

/**
 * A drop-in of our own: registries.conf of the distribution stays as it is, and the number leaves room on both
 * sides.
 */
const REGISTRIES_CONF = '/etc/containers/registries.conf.d/50-breakwater.conf';
/** Not the usual auth.json, which `podman login` rewrites. */
export const AUTH_FILE = '/etc/containers/breakwater-auth.json';

/** What podman, buildah, skopeo and CRI-O share. */
const containersImageAbilities: Abilities = {
  registries: 'every registry',
  path: true,
  strict: true,
  credentials: 'auth.json, for the host or the path of the mirror',
  wildcard: "not used: a prefix `*.example.com` drops the registry's name, so that two registries collide",
  ca: '`/etc/containers/certs.d/HOST/ca.crt`',
  reload: 'at the next pull',
};

/**
 * One table for each registry. With a fallback, the registry is the location and the cache its mirror; without one, the
 * cache itself is the location, so nothing else is ever used.
 */
export function registriesConf(input: RenderInput, program: string): string {
  return `${[header(input, program), ...input.upstreams.map((upstream) => tableOf(input, upstream))].join('\n')}\n`;
}

/**
 *     strict     location = cache                        there is no other place
 *     fallback   location = registry, mirror = cache     the registry is asked after the mirror
 */
function tableOf(input: RenderInput, upstream: Upstream): string {
  const cache = tomlString(projectPath(input, upstream));
  const plain = input.harborUrl.startsWith('http:') ? ['insecure = true'] : [];
  const lines =
    input.profile === 'strict'
      ? [`location = ${cache}`, ...plain]
      : [`location = ${tomlString(upstream.registry)}`, '[[registry.mirror]]', `location = ${cache}`, ...plain];
  return ['', '[[registry]]', `prefix = ${tomlString(upstream.registry)}`, ...lines].join('\n');
}

function containersCa(input: RenderInput): ClientFile[] {
  return input.ca === undefined ? [] : [file(`/etc/containers/certs.d/${harborHost(input)}/ca.crt`, input.ca)];
}

function containersAuth(input: RenderInput, path: string): ClientFile[] {
  const config = dockerConfig(input);
  return config === undefined ? [] : [file(path, config, { mode: SECRET_MODE })];
}

/** The specific parts of one program of containers/image; the files are the same for all. */
export interface ContainersImageProgram extends Pick<Client, 'name' | 'title' | 'about'> {
  /** Where it differs from the others. */
  readonly can?: Partial<Abilities>;
  /** @param hasSecret whether the file with logins is rendered */
  readonly steps: (hasSecret: boolean) => readonly string[];
}

/** Four programs share one library (containers/image) and its files, so they differ only in a few sentences. */
export function containersImageClient({ can, steps, ...program }: ContainersImageProgram): Client {
  return {
    ...program,
    can: { ...containersImageAbilities, ...can },
    options: {},
    traps: REGISTRIES_CONF_TRAPS,
    reads: [
      '/etc/containers/registries.conf',
      '/etc/containers/registries.conf.d/*',
      '/etc/containers/certs.d/*/*',
      '/etc/containers/*auth.json',
    ],
    check: checkRegistriesConf,
    render: (input) => ({
      files: [
        file(REGISTRIES_CONF, registriesConf(input, program.title)),
        ...containersCa(input),
        ...containersAuth(input, AUTH_FILE),
      ],
      steps: steps(input.robot?.secret !== undefined),
      warnings: credentialWarnings(input),
    }),
  };
}
