import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import ts from '@typescript/typescript6';
import { architecturePage } from '../scripts/reference/architecture-page';
import { APART, ROOMS, SHARED } from '../scripts/reference/rooms';

const ROOT = resolve(__dirname, '..');
const SRC = join(ROOT, 'src');

interface Import {
  readonly file: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const texts = new Map<string, string>();

function textOf(file: string): string {
  const known = texts.get(file) ?? readFileSync(file, 'utf8');
  texts.set(file, known);
  return known;
}

const sources = new Map<string, ts.SourceFile>();

/** Parsed once: several tests look at every file. */
function sourceOf(file: string): ts.SourceFile {
  const known = sources.get(file) ?? ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ES2022, true);
  sources.set(file, known);
  return known;
}

const imports = new Map<string, Import[]>();

function importsOf(file: string): Import[] {
  const known = imports.get(file) ?? findImports(file);
  imports.set(file, known);
  return known;
}

function findImports(file: string): Import[] {
  const source = sourceOf(file);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    if (
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ file, specifier: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) });
    } else if (
      ts.isCallExpression(node) &&
      isDynamicImport(node) &&
      node.arguments[0] &&
      ts.isStringLiteral(node.arguments[0])
    ) {
      found.push({ file, specifier: node.arguments[0].text, typeOnly: false });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (!clause || clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return clause !== undefined;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

function isDynamicImport(node: ts.CallExpression): boolean {
  return (
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(node.expression) && node.expression.text === 'require')
  );
}

function folderOf(file: string): string {
  const first = relative(SRC, file).split(/[\\/]/);
  return first.length > 1 ? first[0]! : '';
}

function violation({ file, specifier, typeOnly }: Import): string | undefined {
  const from = folderOf(file);
  const rule = ROOMS[from];
  const where = `${relative(ROOT, file)} imports ${specifier}`;
  if (!rule) return `${relative(ROOT, file)}: the folder ${from}/ is not in the import table`;
  if (specifier.startsWith('.')) {
    const target = relative(SRC, resolve(dirname(file), specifier)).split(/[\\/]/)[0]!;
    if (SHARED.includes(target) && !APART.includes(from)) return undefined;
    if (target === from || rule.values.includes('*') || rule.values.includes(target)) return undefined;
    return typeOnly && rule.types?.includes(target) ? undefined : `${where}: ${from || 'src'}/ may not`;
  }
  if (specifier.startsWith('node:'))
    return rule.builtins.test(specifier) || typeOnly ? undefined : `${where}: not a built-in of ${from}/`;
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!;
  return rule.packages.includes(name) ? undefined : `${where}: not a package of ${from}/`;
}

/** `src/plan`; below `app/` each folder is a room of its own: `src/app/up`. A file beside rooms is one by itself. */
function roomOf(file: string): string {
  const parts = relative(SRC, file).split(/[\\/]/);
  if (parts[0] !== 'app') return join('src', parts[0]!);
  return join('src', ...(parts.length > 2 ? parts.slice(0, -1) : parts));
}

/**
 * Where a file is inside its room: `src/sandbox/registry`, the folder directly below the room with everything in it,
 * however deep. A file loose in the room is a part by itself, as is its index.ts: `src/inventory/walk.ts` may need
 * `yaml/`, which needs `src/inventory/lines.ts`. Below `app/` the folders are rooms, see roomOf.
 */
function partOf(file: string): string {
  const parts = relative(SRC, file).split(/[\\/]/);
  return parts[0] === 'app' ? roomOf(file) : join('src', ...parts.slice(0, 2));
}

/** What each part needs, by its own imports; `partIn` names the part that a file is in. */
function needsBetween(partIn: (file: string) => string, isMeant: (file: string, needed: string) => boolean) {
  const needs = new Map<string, Set<string>>();
  for (const file of files) {
    const from = partIn(file);
    const to = needs.get(from) ?? new Set();
    needs.set(from, to);
    for (const needed of importsOf(file).flatMap(fileOf))
      if (partIn(needed) !== from && isMeant(file, needed)) to.add(partIn(needed));
  }
  return new Map([...needs].map(([part, to]) => [part, [...to]]));
}

/** The file of src/ that is meant; none for a package. */
function fileOf({ file, specifier }: Import): string[] {
  if (!specifier.startsWith('.')) return [];
  const path = resolve(dirname(file), specifier);
  return [`${path}.ts`, join(path, 'index.ts')].filter((candidate) => files.includes(candidate));
}

/** Each as the way round, by where it was entered. */
function circlesIn(needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) circles.push([...way.slice(at), file].map((one) => relative(ROOT, resolve(ROOT, one))));
    if (at >= 0 || done.has(file)) return;
    for (const needed of needs.get(file) ?? []) visit(needed, [...way, file]);
    done.add(file);
  };
  for (const file of needs.keys()) visit(file, []);
  return circles;
}

const files = filesBelow(SRC);

describe('the house', () => {
  it('has a row in the import table for every folder, and a folder for every row', () => {
    const folders = new Set(files.map(folderOf).filter(Boolean));
    expect([...folders].sort()).toEqual(Object.keys(ROOMS).filter(Boolean).sort());
  });

  it('draws the table in docs/architecture.md as `npm run docs` does', () => {
    const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
    expect(architecturePage(page)).toBe(page);
  });

  it('keeps the import table', () => {
    expect(files.flatMap(importsOf).map(violation).filter(Boolean)).toEqual([]);
  });

  it.each([
    ['plan/diff.ts', '../harbor/create-client', false],
    ['sandbox/start.ts', '../errors', true],
    ['harbor/transport.ts', 'fastify', false],
    ['conformance/run/runner.ts', '../../plan/plan', true],
    ['cli/commands/plan.ts', '../../harbor', false],
    ['app/plan.ts', '../cli/terminal', true],
    ['kinds/project.ts', 'node:fs', false],
  ])('sees that src/%s may not import %s', (file, specifier, typeOnly) => {
    expect(violation({ file: join(SRC, file), specifier, typeOnly })).toContain(specifier);
  });

  it('has no two files that need each other, not even for their types', () => {
    const needs = new Map(files.map((file) => [file, importsOf(file).flatMap(fileOf)]));
    expect(circlesIn(needs)).toEqual([]);
  });

  it('has no two folders that need each other', () => {
    expect(circlesIn(needsBetween(roomOf, () => true))).toEqual([]);
  });

  it('has no two folders inside a room that need each other, not even for their types', () => {
    expect(circlesIn(needsBetween(partOf, (file, needed) => folderOf(file) === folderOf(needed)))).toEqual([]);
  });

  it.each([
    ['sandbox/registry/pull.ts', 'src/sandbox/registry'],
    ['sandbox/store/rows/access.ts', 'src/sandbox/store'],
    ['sandbox/context/index.ts', 'src/sandbox/context'],
    ['sandbox/start.ts', 'src/sandbox/start.ts'],
    ['sandbox/index.ts', 'src/sandbox/index.ts'],
    ['app/up/steps/steps.ts', 'src/app/up/steps'],
    ['app/events.ts', 'src/app/events.ts'],
  ])('counts src/%s as a part of %s', (file, part) => {
    expect(partOf(join(SRC, file))).toBe(part);
  });

  it('sees a circle', () => {
    const needs = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['b']],
      ['d', []],
    ]);
    expect(circlesIn(needs)).toEqual([['b', 'c', 'b']]);
  });

  it('never lets one kind import another', () => {
    const between = files
      .filter((file) => dirname(file) === join(SRC, 'kinds') && !/^(kind|index)\.ts$/.test(basename(file)))
      .flatMap(importsOf)
      .filter(({ specifier }) => /^\.\/(?!kind$|support\/)/.test(specifier));
    expect(between).toEqual([]);
  });

  it('lets nothing in sandbox/ import a route but the start, which registers them', () => {
    const routes = join(SRC, 'sandbox', 'routes', sep);
    const others = files.filter((file) => folderOf(file) === 'sandbox' && !file.startsWith(routes));
    const upward = others.filter((file) =>
      importsOf(file)
        .flatMap(fileOf)
        .some((needed) => needed.startsWith(routes)),
    );
    expect(upward.map((file) => relative(SRC, file))).toEqual([join('sandbox', 'start.ts')]);
  });

  it.each(['cli', 'sandbox', 'conformance', 'declaration'])(
    'has at most five files loose in %s/, and an index',
    (room) => {
      const loose = files.filter((file) => dirname(file) === join(SRC, room) && basename(file) !== 'index.ts');
      expect(loose.length).toBeLessThanOrEqual(5);
    },
  );

  it.each([
    ['plan', /\bprocess\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\basync\b|\bawait\b/],
    ['kinds', /\bprocess\.|\bconsole\.|\bDate\.now\b|\bnew Date\(\)/],
    // Git gets the whole environment; nothing here reads a variable of it.
    ['declaration', /\bconsole\.|(?<!\.\.\.)\bprocess\.env|\bprocess\.(stdout|stderr|exit)/],
    ['export', /\bprocess\b|\bconsole\.|\bDate\b/],
    ['import', /\bprocess\b|\bconsole\.|\bDate\.now\b|\bnew Date\(\)/],
    ['reconcile', /\bconsole\.|\bprocess\.(env|stdout|stderr|exit)/],
    ['harbor', /\bconsole\.|\bprocess\.(env|stdout|stderr|exit)/],
    ['oci', /\bconsole\.|\bprocess\.(env|stdout|stderr|exit)/],
    ['conformance', /\bconsole\.|\bprocess\.(env|stdout|stderr|exit)/],
    ['app', /\bconsole\.|\bprocess\b/],
    ['app/up/steps', /\bprocess\b|\basync\b|\bDate\.now\b|\bnew Date\(\)/],
    ['rules', /\bprocess\b|\bconsole\.|\bDate\b|\basync\b|\bawait\b/],
    ['advisories', /\bprocess\.|\bconsole\.|\bDate\b|\basync\b|\bawait\b/],
    ['inventory', /\bconsole\.|\bprocess\.(env|stdout|stderr|exit)/],
    ['mirror', /\bprocess\b|\bconsole\.|\bDate\b|\basync\b|\bawait\b/],
    ['clients', /\bprocess\b|\bconsole\.|\bDate\b|\basync\b|\bawait\b/],
    ['deploy', /\bprocess\b|\bconsole\.|\bDate\b|\bMath\.random\b/],
    ['sandbox', /\bconsole\.|\bprocess\.(env|stdout|stderr|exit)/],
  ])('keeps %s/ free of %s', (folder, forbidden) => {
    const offenders = files
      .filter((file) => file.startsWith(join(SRC, folder, sep)))
      .filter((file) => forbidden.test(textOf(file)) && forbidden.test(withoutComments(textOf(file))))
      .map((file) => relative(ROOT, file));
    expect(offenders).toEqual([]);
  });

  it('sees code between comments, strings and templates', () => {
    const text = "f(`a ${{ b: 'console.' }} c`); // process\nconsole.log(process /* new Date() */, new Date(), `x`);\n";
    const code = "f(`${{ b: '' }}`); \nconsole.log(process  , new Date(), ``);\n";
    expect(withoutComments(text)).toBe(code);
  });

  it('uses kebab-case file names', () => {
    expect(files.map((file) => basename(file)).filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name))).toEqual(
      [],
    );
  });

  it('asks in one place whether a value is a map', () => {
    const own = /function is(Record|Map|Object|PlainObject)\(|const is(Record|Map|Object|PlainObject) =/;
    const found = files.filter((file) => !APART.includes(folderOf(file)) && own.test(textOf(file)));
    expect(found.map((file) => relative(SRC, file))).toEqual(['json.ts']);
  });

  it('writes a field that may be absent with compact()', () => {
    expect(files.filter((file) => !APART.includes(folderOf(file))).flatMap(conditionalFields)).toEqual([]);
  });

  it('compares texts in one place', () => {
    const own = / < (?!0 )[\w.()]+ \? -1 : /;
    const found = files.filter((file) => !APART.includes(folderOf(file)) && own.test(textOf(file)));
    expect(found.map((file) => relative(SRC, file))).toEqual(['compare-text.ts']);
  });

  it('has no file over 300 lines and no function over 50', () => {
    expect(files.flatMap(tooLong)).toEqual([]);
  });

  it('has a command line that parses and shows, and does nothing else: under 2,000 lines', () => {
    const lines = files.filter((file) => folderOf(file) === 'cli').map((file) => textOf(file).split('\n').length - 1);
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(2_000);
  });

  it('has no default exports', () => {
    expect(files.filter((file) => /^export default /m.test(textOf(file)))).toEqual([]);
  });
});

it('keeps a table of the sandbox in the route file that alone needs it', () => {
  const store = readFileSync(join(SRC, 'sandbox', 'store', 'store.ts'), 'utf8');
  const tables = [...store.matchAll(/readonly (\w+) = new Table</g)].map((match) => match[1]!);
  const others = files.filter((file) => folderOf(file) === 'sandbox' && !file.endsWith(join('store', 'store.ts')));
  const usedBy = (table: string): string[] => others.filter((file) => new RegExp(`\\b${table}\\b`).test(textOf(file)));
  const alone = tables.filter((table) => usedBy(table).length === 1 && usedBy(table)[0]!.includes('routes'));
  expect(alone).toEqual([]);
  expect(tables.length).toBeGreaterThan(20);
});

/** Folder listing = registration: a file nobody listed would lie dead, and nobody would notice. */
describe.each([
  ['kinds', /^(kind|index)\.ts$/],
  ['sandbox/routes', /^index\.ts$/],
  ['conformance/checks', /^index\.ts$/],
  ['conformance/scenarios', /^index\.ts$/],
  ['cli/commands', /^index\.ts$/],
  ['inventory/extract', /^index\.ts$/],
  ['clients', /^(client|index|resolve|schema)\.ts$/],
])('src/%s', (folder, notListed) => {
  it('lists every file in its index.ts, and nothing else', () => {
    const inFolder = readdirSync(join(SRC, folder))
      .filter((name) => name.endsWith('.ts') && !notListed.test(name))
      .map((name) => name.replace(/\.ts$/, ''));
    const text = readFileSync(join(SRC, folder, 'index.ts'), 'utf8');
    // Commands are listed by name, and loaded by it.
    const entry = folder === 'cli/commands' ? /^ {2}\['([a-z-]+)',/gm : /['"]\.\/([a-z0-9-]+)(?:\.js)?['"]/g;
    const listed = [...text.matchAll(entry)].map((match) => match[1]!).filter((name) => !notListed.test(`${name}.ts`));
    expect([...new Set(listed)].sort()).toEqual(inFolder.sort());
  });
});

it('lists every rule in src/rules/catalogue.ts', () => {
  const written = readdirSync(join(SRC, 'rules')).filter((name) => /^hp\d+-/.test(name));
  const catalogue = readFileSync(join(SRC, 'rules', 'catalogue.ts'), 'utf8');
  const listed = [...catalogue.matchAll(/'\.\/(hp\d+-[a-z0-9-]+)'/g)].map((match) => `${match[1]}.ts`);
  expect(listed.sort()).toEqual(written.sort());
  expect(written.length).toBeGreaterThan(0);
});

/** What is proven is named in a test: a check whose id no test says could break, and nobody would notice. Rules bring examples. */
describe.each([
  ['conformance/checks', /^([a-z]\d+[a-z]?)-/],
  ['conformance/scenarios', /^([a-z]\d+[a-z]?)-/],
])('src/%s', (folder, pattern) => {
  it('has the id of every file in a test', () => {
    const tests = filesBelow(__dirname).filter((file) => file.endsWith('.test.ts'));
    const text = tests.map((file) => textOf(file)).join('\n');
    const ids = readdirSync(join(SRC, folder)).flatMap((name) => pattern.exec(name)?.[1] ?? []);
    expect(ids).not.toEqual([]);
    expect(ids.filter((id) => !new RegExp(`\\b${id}\\b`, 'i').test(text))).toEqual([]);
  });
});

/** `...(x !== undefined && { x })`, unless it is laid over another object, from which the field would be lost. */
function conditionalFields(file: string): string[] {
  const source = sourceOf(file);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isObjectLiteralExpression(node)) {
      const spreads = node.properties.filter(ts.isSpreadAssignment);
      const [first] = spreads.filter((spread) => isConditional(spread.expression));
      const isLaidOver = first !== undefined && spreads.indexOf(first) > 0;
      if (first && !isLaidOver) found.push(placeOf(source, first));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `x && { field }` and `x ? { field } : {}`. Several fields under one condition are something else. */
function isConditional(expression: ts.Expression): boolean {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
    return isOneField(inner.right);
  if (!ts.isConditionalExpression(inner)) return false;
  const { whenTrue, whenFalse } = inner;
  return (isNothing(whenTrue) && isOneField(whenFalse)) || (isOneField(whenTrue) && isNothing(whenFalse));
}

function isOneField(side: ts.Expression): boolean {
  if (!ts.isObjectLiteralExpression(side) || side.properties.length !== 1) return false;
  const { name } = side.properties[0]!;
  return name !== undefined && !ts.isComputedPropertyName(name);
}

function isNothing(side: ts.Expression): boolean {
  return ts.isObjectLiteralExpression(side) && side.properties.length === 0;
}

function tooLong(file: string): string[] {
  const lines = textOf(file).split('\n').length - 1;
  const source = sourceOf(file);
  const found = lines > 300 ? [`${relative(ROOT, file)}: ${lines} lines`] : [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body && linesOf(source, node) > 50)
      found.push(`${placeOf(source, node)}: a function of ${linesOf(source, node)} lines`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function linesOf(source: ts.SourceFile, node: ts.Node): number {
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  return lineAt(node.end) - lineAt(node.getStart()) + 1;
}

function placeOf(source: ts.SourceFile, node: ts.Node): string {
  const { line } = source.getLineAndCharacterOfPosition(node.getStart());
  return `${relative(ROOT, source.fileName)}:${line + 1}`;
}

/** Strips comments and string contents: prose may say "process". Everything else stays as it is written. */
function withoutComments(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2022, false, ts.LanguageVariant.Standard, text);
  const parts: string[] = [];
  /** For each template that is open here, the braces that are open in its expression. */
  const templates: number[] = [];
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const inTemplate = templates.at(-1);
    if (token === ts.SyntaxKind.CloseBraceToken && inTemplate === 0) token = scanner.reScanTemplateToken(false);
    if (token === ts.SyntaxKind.TemplateHead) templates.push(0);
    else if (token === ts.SyntaxKind.TemplateTail) templates.pop();
    else if (inTemplate !== undefined && token === ts.SyntaxKind.OpenBraceToken) templates.push(templates.pop()! + 1);
    else if (inTemplate !== undefined && token === ts.SyntaxKind.CloseBraceToken) templates.push(templates.pop()! - 1);
    parts.push(SHOWN[token] ?? scanner.getTokenText());
  }
  return parts.join('');
}

const SHOWN: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.SingleLineCommentTrivia]: '',
  [ts.SyntaxKind.MultiLineCommentTrivia]: ' ',
  [ts.SyntaxKind.StringLiteral]: "''",
  [ts.SyntaxKind.NoSubstitutionTemplateLiteral]: '``',
  [ts.SyntaxKind.TemplateHead]: '`${',
  [ts.SyntaxKind.TemplateMiddle]: '}${',
  [ts.SyntaxKind.TemplateTail]: '}`',
};
