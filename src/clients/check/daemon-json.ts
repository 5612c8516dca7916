import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { KEYS } from './daemon-json-keys';
import { checkMirror, isBefore } from './docker-mirror';
import { askedBefore, isPublicEndpoint } from './endpoint';
import { checkCertsD } from './hosts-toml';
import { checkCertificateDirectory } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readJson, startOfFile, warning } from './trees';
import { entriesAt, isText, isTrue, itemsAt, textsAt, type TextNode } from './values';

const STOPS = 'dockerd does not start';
const CERTS_D = '/etc/docker/certs.d';

const shape: Shape = {
  keys: {
    ...Object.fromEntries(KEYS.map((key): [string, Shape] => [key, 'any'])),
    'registry-mirrors': { listOf: 'text' },
    'insecure-registries': { listOf: 'text' },
    features: { mapOf: 'boolean' },
  },
};

/**
 * By the rules of dockerd: with a wrong key or an invalid mirror it does not start; a mirror that fails is silently
 * skipped.
 *
 *      { "registry-mirrors": ["https://hub.example.com"], "features": { "containerd-snapshotter": true } }
 *
 *      image store     reads for `docker pull`                registries
 *      graph driver    registry-mirrors                       docker.io
 *      containerd      certs.d/REGISTRY/hosts.toml            every one with a directory
 *
 * So both kinds of files are judged together: which of them counts is known only from the store and the version.
 */
export function checkDaemonJson(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const daemon = files.find(({ path }) => /(^|\/)daemon\.json$/.test(path));
  const misnamed = daemon ? [] : files.filter(({ path }) => /\/d[a-z]*mon[^/]*$/i.test(path));
  const { trees, diagnostics } = daemon ? readJson(daemon, STOPS) : { trees: [], diagnostics: [] };
  const [tree] = trees;
  const shapeFindings = tree ? checkShape(tree, shape, { unknownKey: STOPS, wrongType: STOPS }) : [];
  const mirrors = tree ? textsAt(tree, 'registry-mirrors') : [];
  const harbor = facts.harborUrl === undefined ? [] : [new URL(facts.harborUrl).host];
  return [
    ...misnamed.map(({ path }) =>
      error(
        'ignored-file',
        startOfFile(path),
        'dockerd reads daemon.json and no other name',
        'rename it to daemon.json',
      ),
    ),
    ...(daemon ? [] : storeTooOld(files, facts)),
    ...diagnostics,
    ...shapeFindings,
    ...(tree && daemon ? checkTree(tree, mirrors, daemon, files, facts) : []),
    ...checkCertificateDirectory(files, CERTS_D, [...harbor, ...mirrors.flatMap(({ value }) => hostOf(value))]),
    ...checkCertsD(files, facts),
  ];
}

/** Findings about the content. Those about the syntax come before: a file that cannot be parsed has no tree. */
function checkTree(
  tree: TreeNode,
  mirrors: readonly TextNode[],
  daemon: FoundFile,
  files: readonly FoundFile[],
  facts: Facts,
): Diagnostic[] {
  return [
    ...mirrors.flatMap((mirror) =>
      checkMirror(
        mirror,
        facts,
        mirrors.filter((other) => other !== mirror).map(({ value }) => value),
      ),
    ),
    ...twice(mirrors),
    ...askedBefore(
      mirrors.filter(({ value }) => !isPublicEndpoint(value, undefined)),
      'docker.io',
      facts,
    ),
    ...withScheme(tree),
    ...unverified(tree, mirrors, facts),
    ...wrongStore(tree, daemon, files, facts),
    ...(mirrors.length === 0 && !hasHostsToml(files) ? noMirror(tree, daemon, facts) : []),
  ];
}

function hostOf(text: string): string[] {
  return URL.canParse(text) ? [new URL(text).host] : [];
}

/** A warning, because dockerd starts with it. */
function twice(mirrors: readonly TextNode[]): Diagnostic[] {
  return mirrors
    .filter(({ value }, i) => mirrors.findIndex((one) => one.value === value) < i)
    .map(({ value, span }) => warning('twice', span, `${value} is listed twice`));
}

/** Only the hosts of the cache. Other registries without verification are not our concern. */
function unverified(tree: TreeNode, mirrors: readonly TextNode[], { harborUrl }: Facts): Diagnostic[] {
  const hosts = [
    ...mirrors.flatMap(({ value }) => hostOf(value)),
    ...(harborUrl === undefined ? [] : [new URL(harborUrl).host]),
  ];
  return itemsAt(tree, 'insecure-registries')
    .filter(isText)
    .filter(({ value }) => hosts.some((host) => host === value || host.split(':')[0] === value))
    .map(({ value, span }) =>
      error(
        'tls-unverified',
        span,
        `the certificate of ${value} is not verified`,
        `remove it, and put the CA into ${CERTS_D}/${value}/ca.crt`,
      ),
    );
}

/** `registry-mirrors` needs the scheme, `insecure-registries` refuses it: the two are easily confused. */
function withScheme(tree: TreeNode): Diagnostic[] {
  return itemsAt(tree, 'insecure-registries')
    .filter(isText)
    .filter(({ value }) => value.includes('://'))
    .map(({ value, span }) =>
      error('scheme', span, `"${value}" has a scheme: ${STOPS}`, `write ${value.replace(/^[a-z]+:\/+/, '')}`),
    );
}

function hasHostsToml(files: readonly FoundFile[]): boolean {
  return files.some(({ path }) => path.startsWith(`${CERTS_D}/`) && path.endsWith('/hosts.toml'));
}

/** Before 29, the graph driver is the default store, and `docker pull` then ignores hosts.toml. */
function wrongStore(tree: TreeNode, daemon: FoundFile, files: readonly FoundFile[], { version }: Facts): Diagnostic[] {
  const feature = entriesAt(tree, 'features').find(([name]) => name === 'containerd-snapshotter');
  const isOff = feature ? !isTrue(feature[1].value) : isBefore(version, 29, 0, 0);
  if (!hasHostsToml(files) || !isOff) return [];
  const at = feature ? feature[1].value.span : startOfFile(daemon.path);
  return [
    error(
      'wrong-store',
      at,
      'docker pull reads hosts.toml only with the containerd image store, which is off',
      'write: "features": { "containerd-snapshotter": true }',
    ),
  ];
}

/** Without a daemon.json the default store is used: before 29, the graph driver. */
function storeTooOld(files: readonly FoundFile[], { version }: Facts): Diagnostic[] {
  const [first] = files.filter(({ path }) => path.startsWith(`${CERTS_D}/`) && path.endsWith('/hosts.toml'));
  if (!first || !isBefore(version, 29, 0, 0)) return [];
  const hint = isBefore(version, 23, 0, 0)
    ? 'use store: graph with a mirror domain'
    : 'write: "features": { "containerd-snapshotter": true } in daemon.json';
  const message = `docker pull of ${version} reads hosts.toml with the containerd image store only, which is off`;
  return [error('wrong-store', startOfFile(first.path), message, hint)];
}

/**
 * Only if Docker Hub is declared: dockerd has no mirrors for other registries. Left out if `hosts.toml` files
 * exist, because the store of containerd reads those instead.
 */
function noMirror(tree: TreeNode, daemon: FoundFile, facts: Facts): Diagnostic[] {
  if (!facts.upstreams?.some(({ registry }) => registry === 'docker.io')) return [];
  const at = childOf(tree, 'registry-mirrors')?.span ?? startOfFile(daemon.path);
  const domain = facts.upstreams.find(({ registry }) => registry === 'docker.io')?.mirrors[0];
  return [
    error(
      'not-the-cache',
      at,
      'no mirror is configured: Docker Hub is used directly',
      `write: "registry-mirrors": ["https://${domain ?? 'MIRROR'}"]`,
    ),
  ];
}
