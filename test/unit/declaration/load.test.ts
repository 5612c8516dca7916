import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { loadDeclaration } from '../../../src/declaration/load';
import { inventedKinds } from './support/invented-kinds';
import { load, policiesOnDisk, removePolicies, told } from './support/policies-on-disk';

afterEach(removePolicies);

const PORT = 'harbours: { north: { type: sea-port } }\n';

describe('a declaration', () => {
  it('has the objects of all files, sorted by address', async () => {
    const { declaration, diagnostics } = await load({
      'b.yaml': 'berths: { two: { harbour: north, open: true }, one: { cargo: 5 } }',
      'a.yml': PORT,
      'light.yaml': 'light: { colour: red }',
      'README.md': 'not: [yaml',
    });
    expect(diagnostics).toEqual([]);
    expect(declaration?.objects.map(({ address, spec }) => [address, spec])).toEqual([
      ['berth/one', { name: 'one' }],
      ['berth/two', { name: 'two', harbour: 'north', open: true }],
      ['cargo/one', { berth: 'one', tons: 5 }],
      ['harbour/north', { name: 'north', type: 'sea-port' }],
      ['light/light', { colour: 'red' }],
    ]);
  });

  it('warns of files that look like policies and are not read', async () => {
    const { declaration, diagnostics } = await load(
      {
        'a.yaml': PORT,
        'b.YAML': PORT,
        'c.json': '{}',
        'moved/c.yaml': PORT,
        'folder/notes.txt': 'no policy',
        '.hidden/d.yaml': PORT,
        'instances/one.yaml': 'light: { colour: red }',
        'above/e.yaml': 'light: { colour: red }',
      },
      { overlays: ['above/e.yaml'] },
    );
    expect(declaration?.objects.map(({ address }) => address)).toEqual(['harbour/north', 'light/light']);
    expect(diagnostics.map(({ rule, severity, at }) => `${at?.file} ${severity} ${rule}`)).toEqual([
      'b.YAML warning file-not-read',
      'c.json warning file-not-read',
      'moved/c.yaml warning file-not-read',
    ]);
  });

  it('knows the position of each object', async () => {
    const { declaration } = await load({
      'a.yaml': 'berths:\n  one:\n    crew:\n      - { sailor: al, rank: mate }\n',
    });
    expect(declaration?.objects.map(({ address, at }) => `${address} ${at.line}:${at.column}-${at.endColumn}`)).toEqual(
      ['berth/one 2:3-6', 'crew/one/al 4:9-35'],
    );
  });

  it('has the same hash for any order of files and keys, and another one for other content', async () => {
    const hashes = await Promise.all([
      load({ 'a.yaml': PORT, 'b.yaml': 'berths: { x: { open: true, harbour: north }, y: {} }' }),
      load({ 'a.yaml': 'berths: { y: {}, x: { harbour: north, open: true } }\n# moved', 'b.yaml': PORT }),
      load({ 'a.yaml': PORT, 'b.yaml': 'berths: { x: { open: false, harbour: north }, y: {} }' }),
      load({ 'a.yaml': PORT, 'b.yaml': 'berths: { x: { open: true, harbour: north }, y: { protect: true } }' }),
    ]);
    const [first, second, ...others] = hashes.map(({ declaration }) => declaration?.hash);
    expect(first).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(second).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
  });

  it('protects children along with their parent', async () => {
    const { declaration } = await load({
      'a.yaml':
        'berths: { a: { protect: true, cargo: 1, pilots: { p: {} } }, b: { cargo: 1, pilots: { p: { protect: true } } } }',
    });
    const isProtected = declaration?.objects.filter(({ protect }) => protect).map(({ address }) => address);
    expect(isProtected).toEqual(['berth/a', 'cargo/a', 'pilot/a+p', 'pilot/b+p']);
  });

  it('knows for which parents a child kind is declared, even with an empty list', async () => {
    const { declaration } = await load({
      'a.yaml': 'berths: { b: { crew: [] }, a: { crew: [], cargo: 1 }, c: {} }\npilots: { p: {} }',
    });
    expect([...(declaration?.parents ?? [])]).toEqual([
      ['cargo', ['a']],
      ['crew', ['a', 'b']],
      ['pilot', []],
    ]);
  });

  it('accepts prune by kind and by section', async () => {
    const { declaration } = await load({
      'a.yaml': `${PORT}prune: { harbours: true, crew: true, berth: false, pilot: true }`,
    });
    expect(declaration?.prune).toEqual(['crew', 'harbour', 'pilot']);
  });

  it('refuses to prune what can never be deleted', async () => {
    const result = await load({ 'a.yaml': `${PORT}prune: { cargo: true }` });
    expect(told(result)).toEqual(['a.yaml:2:10 unknown-key: prune.cargo: unknown key']);
  });

  it('knows the Harbor, with its certificate authority found from the directory', async () => {
    const directory = policiesOnDisk({
      'a.yaml': `${PORT}harbor: { url: https://h.example.com, username: admin, password: { env: PW }, ca_file: ca.pem }`,
    });
    const { declaration } = await loadDeclaration({ directory, kinds: inventedKinds });
    expect(declaration?.harbor).toMatchObject({ url: 'https://h.example.com', ca_file: join(directory, 'ca.pem') });
  });

  it('lists every secret with its place', async () => {
    const { declaration } = await load({
      'a.yaml': [
        'harbor: { url: http://h, robot: { name: r, secret: { file: r.txt } } }',
        'defaults: { harbour: { key: { secret: { env: SHARED } } } }',
        'harbours: { a: { type: sea-port }, b: { type: sea-port, key: { secret: { env: OWN } } } }',
        'pilots: { p: { licence: { command: [pass, show, p] } } }',
      ].join('\n'),
    });
    expect(declaration?.secrets?.map(({ path, reference, at }) => [path, reference, at.line])).toEqual([
      ['harbor.robot.secret', { file: 'r.txt' }, 1],
      ['harbours.a.key.secret', { env: 'SHARED' }, 2],
      ['harbours.b.key.secret', { env: 'OWN' }, 3],
      ['pilots.p.licence', { command: ['pass', 'show', 'p'] }, 4],
    ]);
  });
});

describe('defaults', () => {
  it.each([
    ['are below what an object says', '{ open: false }', { name: 'x', open: false, tide_limit: 5 }],
    ['are all there is when an object says nothing', '', { name: 'x', open: true, tide_limit: 5 }],
    ['go away with null', '{ open: null }', { name: 'x', tide_limit: 5 }],
  ])('%s', async (_name, value, spec) => {
    const { declaration } = await load({
      'a.yaml': `defaults:\n  berth: { open: true, tide_limit: 5 }\nberths:\n  x: ${value}`,
    });
    expect(declaration?.objects).toMatchObject([{ address: 'berth/x', spec }]);
    expect(Object.keys(declaration?.objects[0]?.spec ?? {}).sort()).toEqual(Object.keys(spec).sort());
  });

  it('are not needed for an object without fields', async () => {
    const { declaration } = await load({ 'a.yaml': 'berths:\n  x:\npilots:\n  p: ~' });
    expect(declaration?.objects.map(({ address }) => address)).toEqual(['berth/x', 'pilot/p']);
  });

  it('satisfy what an object needs', async () => {
    const { diagnostics } = await load({ 'a.yaml': 'defaults: { harbour: { type: sea-port } }\nharbours: { x: {} }' });
    expect(diagnostics).toEqual([]);
  });

  it('are reported once, at their position', async () => {
    const result = await load({ 'a.yaml': 'defaults: { berth: { open: yes } }\nberths: { x: {}, y: {}, z: {} }' });
    expect(told(result)).toEqual(['a.yaml:1:28 wrong-type: defaults.berth.open: must be true or false, not text']);
  });
});

describe('overlays', () => {
  const base = { 'a.yaml': `${PORT}berths: { x: { harbour: north, tags: [a, b], open: true }, y: {} }` };

  it('merge maps, replace lists, remove with null, and keep the places of both', async () => {
    const { declaration, diagnostics } = await load(
      { ...base, 'instances/edge.yaml': 'berths:\n  x: { tags: [c], open: null }\n  y: null\n  z: {}\n' },
      { instance: 'edge' },
    );
    expect(diagnostics).toEqual([]);
    expect(declaration?.objects).toMatchObject([
      {
        address: 'berth/x',
        spec: { name: 'x', harbour: 'north', tags: ['c'] },
        at: { file: expect.stringMatching(/edge\.yaml$/) },
      },
      { address: 'berth/z' },
      { address: 'harbour/north', at: { file: expect.stringMatching(/a\.yaml$/) } },
    ]);
  });

  it('are not read unless asked for', async () => {
    const { declaration } = await load({ ...base, 'instances/edge.yaml': 'berths: { z: {} }' });
    expect(declaration?.objects.map(({ address }) => address)).not.toContain('berth/z');
  });

  it('are applied in order: the instance, then the others', async () => {
    const { declaration } = await load(
      {
        ...base,
        'instances/edge.yaml': 'berths: { y: { tide_limit: 1, open: true } }',
        'extra/1.yaml': 'berths: { y: { tide_limit: 2 } }',
        'extra/2.yaml': '# nothing',
      },
      { instance: 'edge', overlays: ['extra/1.yaml', 'extra/2.yaml'] },
    );
    expect(declaration?.objects.find(({ address }) => address === 'berth/y')?.spec).toEqual({
      name: 'y',
      tide_limit: 2,
      open: true,
    });
  });

  it.each([
    ['a name that is not there', 'edeg', 'instances:1:1 unknown-instance: instances contains no overlay named "edeg"'],
    ['a path', '../a', 'instances:1:1 unknown-instance: instances contains no overlay named "../a"'],
  ])('%s is no instance', async (_name, instance, message) => {
    const result = await load({ ...base, 'instances/edge.yaml': '' }, { instance });
    expect(told(result)).toEqual([message]);
  });

  it('are refused if one instance has two files', async () => {
    const files = { ...base, 'instances/edge.yaml': 'berths: { y: ~ }', 'instances/edge.yml': 'berths: { z: {} }' };
    const { diagnostics } = await load(files, { instance: 'edge' });
    expect(diagnostics.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      expect.stringMatching(/^duplicate-instance: .*instances contains edge\.yaml and edge\.yml$/),
    ]);
  });

  it('suggest the instance that was meant', async () => {
    const { diagnostics } = await load({ ...base, 'instances/edge.yaml': '' }, { instance: 'edeg' });
    expect(diagnostics[0]?.hint).toBe('did you mean "edge"?');
  });

  it('warn when null removes nothing', async () => {
    const result = await load({ ...base, 'o/1.yaml': 'berths: { xx: null }' }, { overlays: ['o/1.yaml'] });
    expect(result.diagnostics).toMatchObject([{ rule: 'removes-nothing', severity: 'warning' }]);
    expect(result.declaration).toBeDefined();
  });
});

describe('findings', () => {
  it.each<[string, string, string[]]>([
    ['an unknown key', 'berths: { x: { tide_limt: 5 } }', ['1:16 unknown-key: berths.x.tide_limt: unknown key']],
    ['an unknown section', 'berhts: {}', ['1:1 unknown-key: berhts: unknown key']],
    [
      'a wrong type',
      'berths: { x: { open: "yes" } }',
      ['1:22 wrong-type: berths.x.open: must be true or false, not text'],
    ],
    ['nothing where a map belongs', `${PORT}light: ~`, []],
    ['a list where a map belongs', 'berths: [x]', ['1:9 wrong-type: berths: must be a map, not a list']],
    [
      'no choice of ours',
      'harbours: { x: { type: lake } }',
      ['1:24 not-one-of: harbours.x.type: "lake" is not one of sea-port, river-port'],
    ],
    ['a missing key', 'harbours: { x: { url: a } }', ['1:13 missing-key: harbours.x: "type" is missing']],
    [
      'a key that needs another',
      `${PORT}harbor: { url: http://h, username: a }`,
      ['2:1 missing-key: harbor: "password" is missing: "username" needs it'],
    ],
    ['too much', 'berths: { x: { tide_limit: 101 } }', ['1:28 out-of-range: berths.x.tide_limit: must be at most 100']],
    [
      'a fraction',
      'berths: { x: { cargo: 1.5 } }',
      ['1:23 wrong-type: berths.x.cargo: must be a whole number, not a number'],
    ],
    [
      'the same twice',
      'berths: { x: { tags: [a, a] } }',
      ['1:22 out-of-range: berths.x.tags: contains duplicate items'],
    ],
    [
      'the nearer of two forms',
      'berths: { x: { depth: 12k } }',
      ['1:23 bad-format: berths.x.depth: "12k" has the wrong form; expected: metres, such as 12m'],
    ],
    [
      'the other of two forms',
      'berths: { x: { depth: 0 } }',
      ['1:23 out-of-range: berths.x.depth: must be at least 1'],
    ],
    [
      'none of two forms',
      'berths: { x: { depth: [] } }',
      ['1:16 bad-value: berths.x.depth: must be one of: a whole number; metres, such as 12m'],
    ],
    [
      'one of two keys',
      'berths: { x: { crew: [{ rank: mate }] } }',
      ['1:23 bad-value: berths.x.crew[0]: must have exactly one of sailor, guild'],
    ],
    [
      'not both of two keys',
      'berths: { x: { crew: [{ sailor: a, guild: b, rank: mate }] } }',
      ['1:23 bad-value: berths.x.crew[0]: must have exactly one of sailor, guild'],
    ],
    ['an empty name', 'berths: { "": {} }', ['1:11 bad-name: berths.: the name must not be empty']],
    [
      'a literal secret',
      'pilots: { p: { licence: hunter2 } }',
      [
        '1:25 literal-secret: pilots.p.licence: write a reference to the secret (env, file or command), not the secret itself',
      ],
    ],
    [
      'a number as a secret',
      'pilots: { p: { licence: 1234 } }',
      [
        '1:25 literal-secret: pilots.p.licence: write a reference to the secret (env, file or command), not the secret itself',
      ],
    ],
    [
      'a secret where its name belongs',
      'pilots: { p: { licence: { env: hunter-2 } } }',
      ['1:32 literal-secret: pilots.p.licence.env: not the name of an environment variable'],
    ],
    [
      'two secret references at once',
      'pilots: { p: { licence: { env: A, file: b } } }',
      ['1:25 bad-value: pilots.p.licence: a secret reference must have exactly one of env, file and command'],
    ],
    [
      'no secret reference',
      'pilots: { p: { licence: { vault: b } } }',
      ['1:27 unknown-key: pilots.p.licence.vault: not a key of a secret reference'],
    ],
    [
      'an argument that is no text',
      'pilots: { p: { licence: { command: [5] } } }',
      ['1:37 wrong-type: pilots.p.licence.command[0]: must be text, not a number'],
    ],
    [
      'no program',
      'pilots: { p: { licence: { command: [] } } }',
      ['1:36 out-of-range: pilots.p.licence.command: must not be empty'],
    ],
    [
      'a dangling name',
      'berths: { x: { harbour: nroth } }',
      ['1:25 dangling-reference: berths.x.harbour: no harbour named "nroth" is declared'],
    ],
    [
      'the same object twice',
      'berths: { x: { crew: [{ sailor: a, rank: mate }, { sailor: a, rank: captain }] } }',
      ['1:50 duplicate-name: crew/x/a is declared twice, first at a.yaml:1:23'],
    ],
    [
      'a key that has no effect here',
      'harbours: { r: { type: river-port } }\nberths: { x: { harbour: r, tide_limit: 1 } }',
      ['2:28 sea-only-key: berths.x.tide_limit: a river has no tides'],
    ],
    [
      'user info in the URL',
      `${PORT}harbor: { url: "https://a:b@h" }`,
      ['2:16 literal-secret: harbor.url: a URL with a user or password'],
    ],
    [
      'a variable',
      `${PORT}harbor: { url: "https://\${HOST}" }`,
      ['2:16 bad-format: harbor.url: ${HOST} is not replaced: policies have no variables'],
    ],
    ['no URL', `${PORT}harbor: { url: h.example.com }`, ['2:16 bad-format: harbor.url: not a URL']],
    [
      'another protocol',
      `${PORT}harbor: { url: "ftp://h" }`,
      ['2:16 bad-format: harbor.url: ftp: is neither https: nor http:'],
    ],
    [
      'a query',
      `${PORT}harbor: { url: "https://h/?a=b" }`,
      ['2:16 bad-format: harbor.url: a base URL must not have a query or fragment'],
    ],
    [
      'a waiver without an end',
      `${PORT}waivers: [{ rule: HP024, object: a/b, reason: because of it, owner: me }]`,
      ['2:11 missing-key: waivers[0]: "expires" is missing'],
    ],
    [
      'text instead of sections',
      'hello',
      ['1:1 wrong-type: a policy file must be a map of sections, such as registries and projects'],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(told(await load({ 'a.yaml': text }))).toEqual(expected.map((line) => `a.yaml:${line}`));
  });

  it.each<[string, string, string | undefined]>([
    ['a misspelt key', 'berths: { x: { tide_limt: 5 } }', 'did you mean "tide_limit"?'],
    ['neighbours swapped', 'berths: { x: { opne: true } }', 'did you mean "open"?'],
    ['another way to write it', 'berths: { x: { tideLimit: 5 } }', 'did you mean "tide_limit"?'],
    [
      'a key of another place',
      'harbours: { x: { type: sea-port, tide_limit: 5 } }',
      '"tide_limit" belongs to berths.*',
    ],
    ['a section somewhere else', 'berths: { x: { waivers: [] } }', '"waivers" belongs at the top'],
    ['a key of nowhere', 'light: { colour: red, brightness: 5 }', 'known keys: colour, lamp_secret'],
    ['a value', 'harbours: { x: { type: see-port } }', 'did you mean "sea-port"?'],
    ['a name', 'harbours: { north: { type: sea-port } }\nberths: { x: { harbour: nroth } }', 'did you mean "north"?'],
    [
      'a word of YAML 1.1',
      'berths: { x: { open: on } }',
      'YAML 1.2 knows true and false only; yes, no, on, off and quoted words are text',
    ],
    ['a number for text', 'light: { colour: 5 }', 'put it in quotes'],
    ['a misspelt kind in rules', `${PORT}rules: { required: { berht: [tags] } }`, 'did you mean "berth"?'],
    [
      'a misspelt field with a ceiling',
      `${PORT}rules: { ceilings: { berth: { tide_limti: 5 } } }`,
      'did you mean "tide_limit"?',
    ],
    ['a misspelt required field', `${PORT}rules: { required: { berth: [opne] } }`, 'did you mean "open"?'],
    [
      'a literal secret',
      'pilots: { p: { licence: a } }',
      'write { env: NAME }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }',
    ],
  ])('%s has a hint', async (_name, text, hint) => {
    const { diagnostics } = await load({ 'a.yaml': text });
    expect(diagnostics.map((diagnostic) => diagnostic.hint)).toEqual([hint]);
  });

  it('join the lists of several files', async () => {
    const accepted = (object: string): string => `unmanaged: [{ object: ${object}, reason: managed by another team }]`;
    const { declaration } = await load({ 'a.yaml': `${PORT}${accepted('berth/a')}`, 'b.yaml': accepted('berth/b') });
    expect(declaration?.unmanaged?.map(({ object }) => object)).toEqual(['berth/a', 'berth/b']);
  });

  it('name both places of what is declared in two files', async () => {
    const result = await load({
      'a.yaml': '\nberths:\n  x: {}\nlight: { colour: a }',
      'b.yaml': 'light: { colour: b }\nberths: { x: {}, y: {} }',
    });
    expect(told(result)).toEqual([
      'b.yaml:1:10 duplicate-name: light.colour is declared twice, first at a.yaml:4:10',
      'b.yaml:2:11 duplicate-name: berths.x is declared twice, first at a.yaml:3:3',
    ]);
  });

  it('come all at once, in the order of the files', async () => {
    const result = await load({
      'b.yaml': 'berths: { x: { open: 1 }, y: { harbour: gone }, z: { tide_limit: -1 } }',
      'a.yaml': 'pilots: { p: { licence: x } }\nlight: { color: red }',
    });
    expect(told(result).map((line) => line.replace(/:[^:]*$/, '').replace(/: .*/, ''))).toEqual([
      'a.yaml:1:25 literal-secret',
      'a.yaml:2:10 unknown-key',
      'b.yaml:1:22 wrong-type',
      'b.yaml:1:41 dangling-reference',
      'b.yaml:1:66 out-of-range',
    ]);
    expect(result.declaration).toBeUndefined();
  });

  it('a name that may exist without being declared is a warning', async () => {
    const { declaration, diagnostics } = await load({
      'a.yaml': 'berths: { x: { crew: [{ guild: g, rank: mate }] } }',
    });
    expect(diagnostics).toMatchObject([
      { rule: 'dangling-reference', severity: 'warning', path: 'berths.x.crew[0].guild' },
    ]);
    expect(declaration).toBeDefined();
  });

  it('does not report an object as missing if it is declared but invalid', async () => {
    const result = await load({ 'a.yaml': 'harbours: { north: { type: lake } }\nberths: { x: { harbour: north } }' });
    expect(told(result)).toEqual([
      'a.yaml:1:28 not-one-of: harbours.north.type: "lake" is not one of sea-port, river-port',
    ]);
  });

  it('does not report an object as missing while a file cannot be read', async () => {
    const result = await load({ 'a.yaml': 'harbours: [', 'b.yaml': 'berths: { x: { harbour: north } }' });
    expect(new Set(result.diagnostics.map(({ rule }) => rule))).toEqual(new Set(['yaml-syntax']));
  });

  it('checks an object although a child of it is wrong', async () => {
    const result = await load({ 'a.yaml': 'berths: { x: { harbour: gone, cargo: much } }' });
    expect(result.diagnostics.map(({ rule }) => rule)).toEqual(['dangling-reference', 'wrong-type']);
  });

  it('never contains the value of a literal secret', async () => {
    const result = await load({
      'a.yaml': 'pilots: { p: { licence: canary-1 }, q: { licence: [canary-2] }, r: { licence: { env: canary-3 } } }',
    });
    expect(result.diagnostics).toHaveLength(3);
    expect(JSON.stringify(result.diagnostics)).not.toContain('canary');
  });
});

describe('files', () => {
  it.each<[string, Record<string, string | Uint8Array>, string[]]>([
    ['an empty directory', {}, ['.:1:1 no-policies: . contains no *.yaml file']],
    [
      'nothing but comments',
      { 'a.yaml': '# a', 'b.yaml': '' },
      ['a.yaml:1:1 no-policies: the policies declare nothing'],
    ],
    [
      'a file of a megabyte and more',
      { 'a.yaml': '#'.repeat(1024 * 1024 + 1) },
      ['a.yaml:1:1 file-too-large: a.yaml is too large (1.1 MiB)'],
    ],
    [
      'what is not UTF-8',
      { 'a.yaml': Buffer.from('a: 1\nb: \xe9\n', 'latin1') },
      ['a.yaml:2:4 not-utf-8: is not UTF-8 text'],
    ],
    ['UTF-16', { 'a.yaml': Buffer.from('\ufeffa: 1', 'utf16le') }, ['a.yaml:1:1 not-utf-8: is not UTF-8 text']],
  ])('%s', async (_name, files, expected) => {
    expect(told(await load(files))).toEqual(expected);
  });

  it('a byte order mark is no part of the first key', async () => {
    const { diagnostics } = await load({ 'a.yaml': `\ufeff${PORT}` });
    expect(diagnostics).toEqual([]);
  });

  it('a directory that is not there', async () => {
    const result = await loadDeclaration({ directory: '/nonexistent/policies', kinds: inventedKinds });
    expect(result.diagnostics).toMatchObject([{ rule: 'missing-directory', at: { file: '/nonexistent/policies' } }]);
  });

  it('an overlay that is not there', async () => {
    const result = await load({ 'a.yaml': PORT }, { overlays: ['gone.yaml'] });
    expect(told(result)).toEqual(['gone.yaml:1:1 unreadable-file: gone.yaml cannot be read: it does not exist']);
  });

  it('too many files', async () => {
    const files = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}.yaml`, '']));
    expect((await load(files)).diagnostics.map(({ rule }) => rule)).toEqual(['too-many-files']);
  });

  it('a named pipe, which is not waited for', async () => {
    const directory = policiesOnDisk({ 'a.yaml': PORT });
    execFileSync('mkfifo', [join(directory, 'b.yaml')]);
    const { diagnostics } = await loadDeclaration({ directory, kinds: inventedKinds });
    expect(diagnostics).toMatchObject([
      { rule: 'unreadable-file', message: expect.stringMatching(/is not a regular file$/) },
    ]);
  });

  it('a link to nowhere', async () => {
    const directory = policiesOnDisk({ 'a.yaml': PORT });
    symlinkSync('nowhere', join(directory, 'b.yaml'));
    const { diagnostics } = await loadDeclaration({ directory, kinds: inventedKinds });
    expect(diagnostics).toMatchObject([{ rule: 'unreadable-file', at: { file: join(directory, 'b.yaml') } }]);
  });
});

describe('many berths', () => {
  it('are one object each: 10,000 of them in 0.7 MB', async () => {
    const berth = (i: number) =>
      `  berth.number-${i}.example.com:\n    harbour: north\n    open: true\n    cargo: ${i}\n`;
    const text = `${PORT}berths:\n${Array.from({ length: 10_000 }, (_, i) => berth(i)).join('')}`;
    const { declaration, diagnostics } = await load({ 'a.yaml': text });
    expect(text.length).toBeGreaterThan(700_000);
    expect(diagnostics).toEqual([]);
    expect(declaration?.objects).toHaveLength(20_001);
  });

  it.each([
    ['a bad value', (i: number) => `  b${i}: { depth: ${i}x }\n`],
    ['a name of nothing', (i: number) => `  b${i}: { harbour: gone-${i} }\n`],
    ['an unknown key', (i: number) => `  b${i}: { tide_limt: ${i} }\n`],
  ])('with %s in 3,000 of them have 3,000 findings', async (_name, berth) => {
    const text = Array.from({ length: 3_000 }, (_, i) => berth(i)).join('');
    const { diagnostics } = await load({ 'a.yaml': `${PORT}berths:\n${text}` });
    expect(diagnostics).toHaveLength(3_000);
  });
});
