import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDeclaration } from '../../../../src/declaration/load';
import { kinds } from '../../../../src/kinds';
import { load, policiesOnDisk, removePolicies, told } from '../support/policies-on-disk';

afterEach(removePolicies);

const robotTo = (name: string, file: string): string =>
  `robots:\n  ${name}:\n    duration: 9\n    system: [{ resource: registry, action: list }]\n    secret_to: { as: plain, file: ${JSON.stringify(file)} }\n`;
const inProject = (name: string, file: string): string =>
  `projects:\n  p:\n    robots:\n      ${name}:\n        duration: 9\n        access: [{ resource: repository, action: pull }]\n        secret_to: { as: plain, file: ${JSON.stringify(file)} }\n`;

it.each([
  ['a.yaml', /would be read as a policy/],
  ['A.YAML', /would be read as a policy/],
  ['./a.yaml', /would be read as a policy/],
  ['secrets/../b.yml', /would be read as a policy/],
  ['not-there-yet.yaml', /would be read as a policy/],
  ['instances/one.yaml', /would be read as a policy/],
  ['Instances/new.yml', /would be read as a policy/],
  ['/run/secrets/puller', /not a relative path/],
  ['~/puller', /not a relative path/],
  ['C:\\puller', /not a relative path/],
  ['../puller', /outside of the policies directory/],
  ['secrets/../../puller', /outside of the policies directory/],
  ['..', /outside of the policies directory/],
  ['.', /not the name of a file/],
  ['secrets/', /not the name of a file/],
  ['over/extra.yaml', /would be read as a policy/],
])('a secret is not written to %s', async (file, message) => {
  const overlays = ['over/extra.yaml'];
  const result = await load({ 'a.yaml': robotTo('r', file), 'over/extra.yaml': '{}' }, { kinds, overlays });
  expect(told(result)).toEqual([
    expect.stringMatching(/^a\.yaml:5:\d+ secret-file: robots\.r\.secret_to\.file: /) as string,
  ]);
  expect(result.diagnostics[0]?.message).toMatch(message);
  expect(result.declaration).toBeUndefined();
});

it.each(['secrets/puller.yaml', 'puller.json', './secrets/a/b', '.puller.yaml', '..puller'])(
  'a secret may be written to %s',
  async (file) => {
    expect(told(await load({ 'a.yaml': robotTo('r', file) }, { kinds }))).toEqual([]);
  },
);

it.each([
  ['secrets/x', 'secrets/x'],
  ['secrets/x', './secrets//X'],
  ['secrets/é', 'secrets/e\u0301'],
  ['secrets/x', 'secrets/x/y'],
  ['secrets/x/y', 'secrets/x'],
])('two robots do not write one file: %s and %s', async (one, other) => {
  const result = await load({ 'a.yaml': robotTo('r', one), 'b.yaml': inProject('q', other) }, { kinds });
  expect(told(result)).toEqual([
    expect.stringMatching(/^b\.yaml:7:\d+ secret-file: .*robot\/r at .*a\.yaml:2:3 writes its secret to/) as string,
  ]);
});

describe('on the disk', () => {
  const findings = async (file: string, prepare: (directory: string) => void): Promise<string[]> => {
    const directory = policiesOnDisk({ 'a.yaml': robotTo('r', file), 'b.yaml': '{}' });
    prepare(directory);
    return told(await loadDeclaration({ directory, kinds })).map((line) => line.replaceAll(`${directory}/`, ''));
  };

  it.each<[string, string, (directory: string) => void, RegExp]>([
    ['a link to a policy', 'puller', (at) => symlinkSync('a.yaml', join(at, 'puller')), /is a link/],
    ['another name of a policy', 'puller', (at) => linkSync(join(at, 'b.yaml'), join(at, 'puller')), /same file as/],
    ['a directory', 'puller', (at) => mkdirSync(join(at, 'puller')), /is a link, a directory/],
    [
      'a link to elsewhere',
      'out/x',
      (at) => symlinkSync(tmpdir(), join(at, 'out')),
      /outside of the policies directory/,
    ],
    ['the same directory', 'here/c.yaml', (at) => symlinkSync('.', join(at, 'here')), /read as a policy/],
    [
      'its instances',
      'i/c.yaml',
      (at) => (mkdirSync(join(at, 'instances')), symlinkSync('instances', join(at, 'i'))),
      /read as a policy/,
    ],
  ])('nothing is written through %s', async (_what, file, prepare, message) => {
    expect(await findings(file, prepare)).toEqual([expect.stringMatching(message) as string]);
  });

  it('a folder that is not there yet is made later', async () => {
    expect(await findings('new/folder/x', () => {})).toEqual([]);
  });
});
