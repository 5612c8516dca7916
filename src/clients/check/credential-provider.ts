import type { Diagnostic } from '../../diagnostic';
import { GO_DURATION } from '../../duration';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { checkShape, type Shape } from './shape';
import { checkProgram, checkResponse } from './credential-files';
import { error, readYaml, startOfFile } from './trees';
import { isText, itemsAt, textAt, type TextNode } from './values';

const REFUSED = 'kubelet does not start';
const HABITS = { unknownKey: REFUSED, wrongType: REFUSED };
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];

const shape: Shape = {
  keys: {
    apiVersion: 'text',
    kind: 'text',
    providers: {
      listOf: {
        keys: {
          name: 'text',
          apiVersion: 'text',
          matchImages: { listOf: 'text' },
          defaultCacheDuration: 'text',
          args: { listOf: 'text' },
          env: { listOf: { keys: { name: 'text', value: 'text' } } },
          tokenAttributes: 'any',
        },
      },
    },
  },
};

/**
 * By the rules of kubelet for a CredentialProviderConfig.
 *
 *     kubelet ── image name of the pod ──► matchImages of each provider ──► program NAME in the bin directory
 *     pod: docker.io/library/nginx         "docker.io" matches               stdout: CredentialProviderResponse
 *                                          "HARBOR" never matches, if the runtime rewrites docker.io with a mirror
 *
 * Almost every mistake keeps kubelet from starting, and that is worse than an anonymous pull; so these are
 * errors.
 */
export function checkCredentialProvider(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const configs = files.filter(({ path }) => /\.ya?ml$|\.json$/.test(path) && !isResponse(path));
  const read = configs.map((file) => ({ file, ...readYaml(file, REFUSED) }));
  const providers = read.flatMap(({ trees }) => trees.flatMap((tree) => itemsAt(tree, 'providers')));
  const names = providers.flatMap((provider) => textAt(provider, 'name') ?? []);
  const versions = providers.flatMap((provider) => textAt(provider, 'apiVersion')?.value ?? []);
  return [
    ...read.flatMap(({ file, trees, diagnostics }) => [
      ...diagnostics,
      ...trees.flatMap((tree) => checkConfig(tree, facts)),
      ...(trees.length + diagnostics.length === 0
        ? [error('no-provider', startOfFile(file.path), `the file is empty: ${REFUSED}`)]
        : []),
    ]),
    ...twice(names),
    ...names.flatMap((name) => checkProgram(name, files, facts)),
    ...files.filter(({ path }) => isResponse(path)).flatMap((file) => checkResponse(file, versions)),
    ...missingResponse(names, files, facts),
  ];
}

function isResponse(path: string): boolean {
  return path.endsWith('-credentials.json');
}

/** The name is the file name of the program: two providers of one name would be one program. */
function twice(names: readonly TextNode[]): Diagnostic[] {
  return names
    .filter(({ value }, i) => names.findIndex((one) => one.value === value) < i)
    .map(({ value, span }) =>
      error('twice', span, `two providers are called ${value}: ${REFUSED}`, 'keep one of them'),
    );
}

/** The rendered program prints this file. */
function missingResponse(names: readonly TextNode[], files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  const script = files.find(({ path }) => path.endsWith('/breakwater-credentials'));
  const [, path] = /^exec cat (\/\S+)$/m.exec(script?.content ?? '') ?? [];
  const name = names.find(({ value }) => value === 'breakwater-credentials');
  if (!name || path === undefined || files.some((file) => file.path === path) || facts.isReadable?.(path) !== false)
    return [];
  return [
    error(
      'no-login',
      name.span,
      `${path} is missing: pulls are anonymous`,
      'breakwater clients render --with-secrets writes it',
    ),
  ];
}

/**
 *      apiVersion: kubelet.config.k8s.io/v1                      the file
 *      kind: CredentialProviderConfig
 *      providers:
 *        - name: breakwater-credentials                          a program in the bin directory
 *          apiVersion: credentialprovider.kubelet.k8s.io/v1      the protocol between kubelet and the program
 *          matchImages: [docker.io, harbor.example.com]
 *          defaultCacheDuration: 10m                             required, also if the program returns its own
 */
function checkConfig(tree: TreeNode, facts: Facts): Diagnostic[] {
  const kind = textAt(tree, 'kind');
  const providers = itemsAt(tree, 'providers');
  return [
    ...checkShape(tree, shape, HABITS),
    ...apiVersion(tree, 'kubelet.config.k8s.io'),
    ...(kind?.value === 'CredentialProviderConfig'
      ? []
      : [
          error(
            'wrong-value',
            (kind ?? tree).span,
            `kind is not CredentialProviderConfig: ${REFUSED}`,
            'write: kind: CredentialProviderConfig',
          ),
        ]),
    ...providers.flatMap((provider) => checkProvider(provider)),
    ...(providers.length > 0
      ? unmatched(providers, tree, facts)
      : [error('no-provider', tree.span, `no provider: ${REFUSED}`)]),
  ];
}

/** Two groups that are easily swapped: one of the file, one of the protocol between kubelet and the program. */
function apiVersion(tree: TreeNode, group: string): Diagnostic[] {
  const node = textAt(tree, 'apiVersion');
  if (node && VERSIONS.some((version) => node.value === `${group}/${version}`)) return [];
  return [
    error(
      'wrong-value',
      (node ?? tree).span,
      `apiVersion must be ${group}/v1: ${REFUSED}`,
      `write: apiVersion: ${group}/v1`,
    ),
  ];
}

function checkProvider(provider: TreeNode): Diagnostic[] {
  const name = textAt(provider, 'name');
  const images = childOf(provider, 'matchImages');
  return [
    ...apiVersion(provider, 'credentialprovider.kubelet.k8s.io'),
    ...(name && !/[/\s]|^\.{1,2}$/.test(name.value)
      ? []
      : [
          error(
            'wrong-value',
            (name ?? provider).span,
            `name is the file name of the program, without a path: ${REFUSED}`,
          ),
        ]),
    ...(images?.type === 'list' && images.items.length > 0
      ? images.items.filter(isText).flatMap(checkPattern)
      : [error('wrong-value', (images ?? provider).span, `matchImages is missing or empty: ${REFUSED}`)]),
    ...duration(provider),
  ];
}

/** As Go reads it: `10m`, `1h30m`. `10` and `10 minutes` are not durations. */
function duration(provider: TreeNode): Diagnostic[] {
  const node = childOf(provider, 'defaultCacheDuration');
  if (isText(node) && GO_DURATION.test(node.value)) return [];
  return [
    error(
      'wrong-value',
      (node ?? provider).span,
      `defaultCacheDuration is ${node ? 'not a duration' : 'missing'}: ${REFUSED}`,
      'write: defaultCacheDuration: 10m',
    ),
  ];
}

/**
 * One finding for a pattern, the first that applies: such a pattern matches no image.
 */
function checkPattern({ value, span }: TextNode): Diagnostic[] {
  if (/^[a-z]+:\/\//.test(value))
    return [
      error(
        'never-matched',
        span,
        `images have no scheme: "${value}" matches none`,
        `write ${value.replace(/^[a-z]+:\/+/, '')}`,
      ),
    ];
  const [host = '', ...path] = value.split('/');
  if (path.some((part) => part.includes('*')) || /:.*\*/.test(host))
    return [
      error('never-matched', span, `globs are allowed only in the host: "${value}" matches none`, `write ${host}`),
    ];
  if (/:[^/@]*$/.test(path.at(-1) ?? '') || value.includes('@'))
    return [
      error(
        'never-matched',
        span,
        `an entry cannot contain a tag or a digest: "${value}" matches none`,
        `write ${value.replace(/[:@][^/]*$/, '')}`,
      ),
    ];
  return ['registry-1.docker.io', 'index.docker.io'].includes(host)
    ? [error('never-matched', span, `images of Docker Hub are docker.io, not ${host}`, 'write docker.io')]
    : [];
}

/** kubelet uses the names in pods, not the mirrors of the runtime. */
function unmatched(providers: readonly TreeNode[], tree: TreeNode, { upstreams }: Facts): Diagnostic[] {
  const patterns = providers
    .flatMap((provider) => itemsAt(provider, 'matchImages').filter(isText))
    .map(({ value }) => value);
  const at = childOf(providers[0], 'matchImages')?.span ?? tree.span;
  return (upstreams ?? [])
    .filter(({ isPublic, registry }) => !isPublic && !patterns.some((pattern) => isMatch(pattern, registry)))
    .map(({ registry, project }) =>
      error(
        'registry-missing',
        at,
        `${project} is private, but no entry matches ${registry}/…, the names of its images in pods`,
        `add ${registry}`,
      ),
    );
}

/** Each wildcard is one label; the number of labels must be equal. */
function isMatch(pattern: string, registry: string): boolean {
  const [host = ''] = pattern.split('/');
  const labels = host.split('.');
  const wanted = registry.split('.');
  const isLabel = (label: string, text: string) =>
    new RegExp(`^${label.replace(/[\\^$+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`).test(text);
  return labels.length === wanted.length && labels.every((label, i) => isLabel(label, wanted[i] ?? ''));
}
