import type { Diagnostic } from '../../diagnostic';
import { childOf, type TreeNode } from '../../declaration/yaml/tree';
import type { Facts, FoundFile } from '../client';
import { exposedLogin } from './pem';
import { checkShape, type Shape } from './shape';
import { error, readJson, startOfFile } from './trees';
import { entriesAt, isText, textAt, type TextNode } from './values';

const NO_LOGIN = 'kubelet logs an error, and pulls are anonymous';

/**
 * The program of a provider: kubelet starts it by name from one directory.
 * If the directory of programs was not read (no file of it is known), nothing is reported, except for our own
 * program where the machine says that the file is missing.
 */
export function checkProgram(name: TextNode, files: readonly FoundFile[], { isReadable }: Facts): Diagnostic[] {
  const beside = files.filter(({ path }) => PROGRAMS.test(path));
  const program = beside.find(({ path }) => path.endsWith(`/${name.value}`));
  if (!program) {
    const folder = beside[0]?.path.replace(/[^/]*$/, '') ?? '/usr/local/lib/kubelet-credential-providers/';
    const isOurs = name.value.startsWith('breakwater-') && isReadable?.(`${folder}${name.value}`) === false;
    if (beside.length === 0 && !isOurs) return [];
    return [
      error('no-helper', name.span, `no program ${name.value} in ${folder}: kubelet does not start`, `put it there`),
    ];
  }
  return [...notExecutable(program), ...noShebang(program)];
}

const PROGRAMS = /\/kubelet-credential-providers\/[^/]+$/;

function notExecutable({ path, mode }: FoundFile): Diagnostic[] {
  if (mode === undefined || (mode & 0o111) !== 0) return [];
  return [error('no-helper', startOfFile(path), `the program is not executable: ${NO_LOGIN}`, `chmod 755 ${path}`)];
}

/** A script whose first line names no interpreter. */
function noShebang({ path, content }: FoundFile): Diagnostic[] {
  if (content === undefined || /^#!|^\x7fELF|\0/.test(content)) return [];
  return [error('no-helper', startOfFile(path), `the first line is not #!/bin/sh: ${NO_LOGIN}`, 'add it')];
}

const shape: Shape = {
  keys: {
    apiVersion: 'text',
    kind: 'text',
    cacheKeyType: 'text',
    cacheDuration: 'text',
    auth: { mapOf: { keys: { username: 'text', password: 'text' } } },
  },
};

/**
 * The JSON that the rendered program prints.
 * It is a file of its own, so that the program contains no secret and can be readable for everyone.
 * @param versions of the API that the providers declare: kubelet refuses a response of another version
 */
export function checkResponse(file: FoundFile, versions: readonly string[]): Diagnostic[] {
  const { trees, diagnostics } = readJson(file, NO_LOGIN);
  return [...diagnostics, ...trees.flatMap((tree) => responseFindings(tree, file, versions))];
}

/**
 * `versions` are those that the providers expect, empty if unknown. A response with another one gives no login.
 */
function responseFindings(tree: TreeNode, file: FoundFile, versions: readonly string[]): Diagnostic[] {
  const version = textAt(tree, 'apiVersion');
  const wrong = (key: string, right: string): Diagnostic => {
    const message = `${key} has to be ${right}: ${NO_LOGIN}`;
    return error('wrong-value', (childOf(tree, key) ?? tree).span, message, `write "${key}": "${right}"`);
  };
  const type = textAt(tree, 'cacheKeyType')?.value;
  return [
    ...checkShape(tree, shape, { unknownKey: 'it is silently ignored', wrongType: NO_LOGIN }),
    ...(textAt(tree, 'kind')?.value === 'CredentialProviderResponse'
      ? []
      : [wrong('kind', 'CredentialProviderResponse')]),
    ...(versions.length === 0 || versions.includes(version?.value ?? '') ? [] : [wrong('apiVersion', versions[0]!)]),
    ...(type !== undefined && ['Image', 'Registry', 'Global'].includes(type)
      ? []
      : [wrong('cacheKeyType', 'Registry')]),
    ...entriesAt(tree, 'auth').flatMap(([host, { key, value }]) => [
      ...(/^[a-z]+:\/\//.test(host)
        ? [
            error(
              'never-matched',
              key,
              `images have no scheme: ${host} matches none`,
              `write ${host.replace(/^[a-z]+:\/+/, '')}`,
            ),
          ]
        : []),
      ...['username', 'password']
        .filter((name) => !isText(childOf(value, name)))
        .map((name) => error('bad-login', key, `${name} of ${host} is missing: pulls are anonymous`)),
    ]),
    ...exposedLogin(file, true),
  ];
}
