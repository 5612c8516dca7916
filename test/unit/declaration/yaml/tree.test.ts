import { positionOf, sourceText } from '../../../../src/declaration/yaml/source-text';
import { parseYaml } from '../../../../src/declaration/yaml/parse';
import { dottedPath, locate, locateDotted, type Path, type TreeNode } from '../../../../src/declaration/yaml/tree';

const TEXT = `projects:
  proxy.docker.io:
    registry: docker-hub
    rules:
      - { tags: "**" }
      - { tags: "v*" }
  proxy: { docker: { other: 1 } }
`;

const root = parseYaml(sourceText('a.yaml', TEXT)).tree as TreeNode;

function place({ key, node }: ReturnType<typeof locate>): string {
  const words = [key, node.span]
    .map((span) => span && positionOf(span))
    .map((at) => (at ? `${at.line}:${at.column}-${at.endColumn}` : 'none'));
  return words.join(' ');
}

describe('locate', () => {
  it.each<[Path, string]>([
    [['projects', 'proxy.docker.io', 'registry'], '3:5-13 3:15-25'],
    [['projects', 'proxy.docker.io', 'rules', 1], 'none 6:9-23'],
    [['projects', 'proxy.docker.io', 'rules', 1, 'tags'], '6:11-15 6:17-21'],
    [['projects', 'proxy.docker.io', 'gone', 'deeper'], '2:3-18 3:5-25'],
    [[], 'none 1:1-10'],
  ])('%j is at %s', (path, expected) => {
    expect(place(locate(root, path))).toBe(expected);
  });
});

describe('locateDotted', () => {
  it.each([
    ['projects.proxy.docker.io.registry', '3:5-13 3:15-25'],
    ['projects.proxy.docker.io.rules[1].tags', '6:11-15 6:17-21'],
    ['projects.proxy.docker.io.rules.0', 'none 5:9-23'],
    ['projects.proxy.docker.other', '7:22-27 7:29-30'],
    ['nothing', 'none 1:1-10'],
  ])('%s is at %s', (dotted, expected) => {
    expect(place(locateDotted(root, dotted))).toBe(expected);
  });
});

describe('dottedPath', () => {
  it.each<[Path, string]>([
    [[], ''],
    [['a', 'b.c', 0, 'd'], 'a.b.c[0].d'],
  ])('%j is %s', (path, expected) => {
    expect(dottedPath(path)).toBe(expected);
  });
});

describe('positionOf', () => {
  const source = sourceText('a', 'ab\r\ncd\n\nx');

  it.each([
    [0, 1, { line: 1, column: 1, endColumn: 2 }],
    [1, 6, { line: 1, column: 2, endColumn: 3 }],
    [4, 6, { line: 2, column: 1, endColumn: 3 }],
    [7, 7, { line: 3, column: 1 }],
    [8, 9, { line: 4, column: 1, endColumn: 2 }],
    [9, 9, { line: 4, column: 2 }],
  ])('of %i to %i', (start, end, expected) => {
    expect(positionOf({ source, start, end })).toEqual({ file: 'a', ...expected });
  });
});
