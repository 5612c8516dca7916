import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Span } from '../../declaration/yaml/source-text';
import { didYouMean } from '../../suggest';
import type { Facts, FoundFile } from '../client';
import { askedBefore, checkRegistryName, expectedEndpoint, isPublicEndpoint, judgeEndpoint } from './endpoint';
import type { EndpointForm } from './endpoint';
import { exposedLogin } from './pem';
import { hasLogin, hostSettings, missingLogins, type Mirror } from './talos-hosts';
import { checkShape, type Shape } from './shape';
import { error, readYaml, startOfFile } from './trees';
import { entriesAt, isText, isTrue, itemsAt, textAt, type TextNode } from './values';

const REFUSED = 'Talos refuses the configuration';
const NEVER = 'the entry matches nothing';
const HABITS = { unknownKey: REFUSED, wrongType: REFUSED };
const FORM: EndpointForm = { before: '/v2/', scheme: 'required', refusal: REFUSED };

const named = { apiVersion: 'text', kind: 'text', name: 'text' } as const;
const DOCUMENTS: Readonly<Record<string, Shape>> = {
  RegistryMirrorConfig: {
    keys: {
      ...named,
      endpoints: { listOf: { keys: { url: 'text', overridePath: 'boolean' } } },
      skipFallback: 'boolean',
    },
  },
  RegistryAuthConfig: { keys: { ...named, username: 'text', password: 'text', auth: 'text', identityToken: 'text' } },
  RegistryTLSConfig: { keys: { ...named, ca: 'text', clientIdentity: 'any', insecureSkipVerify: 'boolean' } },
};
const machineShape: Shape = {
  keys: {
    mirrors: { mapOf: { keys: { endpoints: { listOf: 'text' }, overridePath: 'boolean', skipFallback: 'boolean' } } },
    config: {
      mapOf: {
        keys: {
          auth: { keys: { username: 'text', password: 'text', auth: 'text', identityToken: 'text' } },
          tls: { keys: { ca: 'text', clientIdentity: 'any', insecureSkipVerify: 'boolean' } },
        },
      },
    },
  },
};

/**
 * By the rules of Talos: separate documents, or machine.registries. Each file is judged alone, because each is one
 * patch. Talos validates strictly, so an unknown key is an error here, where other clients would ignore it.
 *
 *      apiVersion: v1alpha1                       machine:
 *      kind: RegistryMirrorConfig                   registries:
 *      name: docker.io                                mirrors:
 *      endpoints:                                       docker.io:
 *        - url: https://HARBOR/v2/PROJECT                 endpoints: [https://HARBOR/v2/PROJECT]
 *          overridePath: true                             overridePath: true
 *      skipFallback: true                                 skipFallback: true
 *
 * Both become the same `Mirror`, so that a rule is written once. In the older form `overridePath` is of the mirror, in
 * the documents of each endpoint.
 */
export function checkTalos(files: readonly FoundFile[], facts: Facts): Diagnostic[] {
  return files
    .filter(({ path }) => /\.ya?ml$/.test(path))
    .flatMap((file) => {
      const { trees, diagnostics } = readYaml(file, REFUSED);
      const mirrors = trees.flatMap((tree) => [...documentMirror(tree), ...machineMirrors(tree)]);
      return [
        ...diagnostics,
        ...trees.flatMap(checkDocument),
        ...mirrors.flatMap((mirror) => checkMirror(mirror, facts)),
        ...twice(mirrors),
        ...hostConfigs(trees, mirrors),
        ...trees.flatMap(hostSettings),
        ...missingLogins(trees, mirrors, facts),
        ...(diagnostics.length > 0 ? [] : missing(mirrors, file, facts)),
        ...exposedLogin(file, trees.some(hasLogin)),
      ];
    });
}

/**
 * A file may have documents of any kind. Only those about registries are checked, and those whose kind looks
 * like a typing error of one.
 */
function checkDocument(tree: TreeNode): Diagnostic[] {
  const kind = textAt(tree, 'kind');
  const machine = childOf(tree, 'machine');
  const registries = childOf(machine, 'registries');
  if (registries) return checkShape(registries, machineShape, HABITS);
  if (machine?.type === 'map' && !kind) {
    const near = [...machine.entries].find(([name]) => /^registr/i.test(name));
    return near
      ? [error('unknown-key', near[1].key, `unknown key "${near[0]}": ${REFUSED}`, 'did you mean "registries"?')]
      : [];
  }
  if (!kind) return [];
  const shape = DOCUMENTS[kind.value];
  const hint = didYouMean(kind.value, Object.keys(DOCUMENTS));
  if (!shape)
    return /^regist/i.test(kind.value)
      ? [error('unknown-kind', kind.span, `"${kind.value}" is not a known kind of document: ${REFUSED}`, hint)]
      : [];
  return [...checkShape(tree, shape, HABITS), ...version(tree, kind), ...unnamed(tree, kind)];
}

/** Also checked if it is absent: a document without a version is not one of Talos. */
function version(tree: TreeNode, kind: TextNode): Diagnostic[] {
  const written = textAt(tree, 'apiVersion');
  if (written?.value === 'v1alpha1') return [];
  return [
    error(
      'wrong-value',
      (written ?? kind).span,
      `${kind.value} is of apiVersion v1alpha1: ${REFUSED}`,
      'write: apiVersion: v1alpha1',
    ),
  ];
}

function unnamed(tree: TreeNode, kind: TextNode): Diagnostic[] {
  return textAt(tree, 'name')
    ? []
    : [error('no-name', kind.span, `${kind.value} without a name: ${REFUSED}`, 'add name: the registry or host')];
}

/** No or several endpoints are fine: what they lead to is judged in `checkMirror`. */
function documentMirror(tree: TreeNode): Mirror[] {
  const name = textAt(tree, 'name');
  if (textAt(tree, 'kind')?.value !== 'RegistryMirrorConfig' || !name) return [];
  const endpoints = itemsAt(tree, 'endpoints').flatMap((item) => {
    const node = textAt(item, 'url');
    return node ? [{ node, isWhole: isTrue(childOf(item, 'overridePath')) }] : [];
  });
  return [{ registry: name.value, key: name.span, tree, endpoints }];
}

function machineMirrors(tree: TreeNode): Mirror[] {
  return entriesAt(childOf(childOf(tree, 'machine'), 'registries'), 'mirrors').map(([registry, { key, value }]) => ({
    registry,
    key,
    tree: value,
    endpoints: itemsAt(value, 'endpoints')
      .filter(isText)
      .map((node) => ({ node, isWhole: isTrue(childOf(value, 'overridePath')) })),
  }));
}

/**
 *      registry    endpoints                      finding
 *      "*"         …/v2/PROJECT                   wildcard: one project for every registry
 *      "*"         a host without a project       none: another mirror, which is not ours
 *      docker.io   …/v2/PROJECT                   those of the endpoint
 *      docker.io   only the public registry       not-the-cache, if docker.io is declared
 */
function checkMirror({ registry, key, tree, endpoints }: Mirror, facts: Facts): Diagnostic[] {
  const hint = expectedEndpoint(FORM, registry, facts);
  if (registry === '*')
    return endpoints.some(({ node }) => /\/v2\/./.test(node.value))
      ? [
          error(
            'wildcard',
            key,
            '"*" matches every registry, but a project serves only one',
            'write a mirror for each registry',
          ),
        ]
      : [];
  const name = checkRegistryName(registry, key, NEVER);
  if (name.length > 0) return name;
  const caches = endpoints.filter(({ node }) => !isPublicEndpoint(node.value, registry));
  const isDeclared = facts.upstreams?.some((upstream) => upstream.registry === registry) === true;
  return [
    ...caches.flatMap(({ node, isWhole }) => [
      ...judgeEndpoint({ node, registry, others: othersOf(node, endpoints) }, FORM, facts).diagnostics,
      ...overridePath(node, isWhole, hint),
    ]),
    ...askedBefore(
      endpoints.map(({ node }) => node),
      registry,
      facts,
    ),
    ...(isDeclared && caches.length === 0
      ? [
          error(
            'not-the-cache',
            key,
            `no endpoint of ${registry} is the cache`,
            `write ${hint ?? 'https://HARBOR/v2/PROJECT'}`,
          ),
        ]
      : []),
    ...(isDeclared && facts.profile === 'strict' && !isTrue(childOf(tree, 'skipFallback'))
      ? [
          error(
            'not-strict',
            childOf(tree, 'skipFallback')?.span ?? key,
            `the profile is strict, but ${registry} itself is used if the cache fails`,
            'write: skipFallback: true',
          ),
        ]
      : []),
  ];
}

/** Within one file only, because each file is a patch of its own. */
function twice(mirrors: readonly Mirror[]): Diagnostic[] {
  return mirrors
    .filter(({ registry }, i) => mirrors.findIndex((one) => one.registry === registry) < i)
    .map(({ registry, key }) => error('twice', key, `${registry} has two mirrors: ${REFUSED}`, 'keep one of them'));
}

function othersOf(node: TextNode, endpoints: Mirror['endpoints']): string[] {
  return endpoints.filter((other) => other.node !== node).map((other) => other.node.value);
}

/**
 * Talos adds `/v2` to the endpoint unless `overridePath` is set. A path that ends with `/v2` works either way.
 */
function overridePath(node: TextNode, isWhole: boolean, hint: string | undefined): Diagnostic[] {
  const path = URL.canParse(node.value) ? new URL(node.value).pathname.replace(/\/+$/, '') : '';
  if (isWhole || path === '' || /\/v2$/.test(path)) return [];
  const message = `without overridePath Talos requests ${path}/v2/…, gets 404 and pulls from the public registry`;
  return [
    error('override-path', node.span, message, `add: overridePath: true${hint === undefined ? '' : ` to ${hint}`}`),
  ];
}

/** Logins and CAs are looked up by the host of an endpoint. */
function hostConfigs(trees: readonly TreeNode[], mirrors: readonly Mirror[]): Diagnostic[] {
  const hosts = mirrors.flatMap(({ endpoints }) =>
    endpoints.flatMap(({ node }) => (URL.canParse(node.value) ? [new URL(node.value).host] : [])),
  );
  if (hosts.length === 0) return [];
  const configured = trees.flatMap((tree): [string, Span][] => {
    const isHost = ['RegistryAuthConfig', 'RegistryTLSConfig'].includes(textAt(tree, 'kind')?.value ?? '');
    const name = textAt(tree, 'name');
    const inMachine = entriesAt(childOf(childOf(tree, 'machine'), 'registries'), 'config').map(
      ([host, { key }]): [string, Span] => [host, key],
    );
    return [...(isHost && name ? [[name.value, name.span] as [string, Span]] : []), ...inMachine];
  });
  return configured
    .filter(
      ([host]) =>
        !hosts.includes(host) &&
        (/:\/\/|\//.test(host) ||
          hosts.some((one) => one.split(':')[0] === host.split(':')[0]) ||
          didYouMean(host, hosts) !== undefined),
    )
    .map(([host, span]) =>
      error(
        'never-matched',
        span,
        `no endpoint has the host ${host}: its login and CA are not used`,
        `write ${hosts[0]}`,
      ),
    );
}

/** Only if the whole file could be read: the missing mirror may be in the part that could not. */
function missing(mirrors: readonly Mirror[], { path }: FoundFile, { upstreams }: Facts): Diagnostic[] {
  const seen = new Set(mirrors.map(({ registry }) => registry));
  return (upstreams ?? [])
    .filter(({ registry }) => !seen.has(registry))
    .map(({ registry, project }) =>
      error(
        'registry-missing',
        startOfFile(path),
        `${registry} has no mirror: its images do not come from ${project}`,
        'breakwater clients render writes the patch',
      ),
    );
}
