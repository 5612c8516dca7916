import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../../../src/kinds';
import { load, removePolicies, told } from './support/policies-on-disk';

afterEach(removePolicies);

const ROOT = join(__dirname, '../../..');
const guide = readFileSync(join(ROOT, 'docs/guides/declaration.md'), 'utf8');
const [files = '', defaults = '', edge = ''] = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text ?? '');

describe('the guide', () => {
  it.each([
    ['files', files],
    ['defaults', defaults],
  ])('shows %s that load without a finding', async (_name, text) => {
    expect(told(await load({ 'a.yaml': text }, { kinds }))).toEqual([]);
  });

  it('shows defaults that work as described', async () => {
    const { declaration } = await load({ 'a.yaml': defaults }, { kinds });
    expect(declaration?.objects.filter(({ kind }) => kind === 'project').map(({ spec }) => spec)).toEqual([
      { name: 'library', public: true, auto_scan: true },
      { name: 'proxy.quay.io', registry: 'quay', public: true, auto_scan: true },
      { name: 'scratch', public: false },
    ]);
  });

  it('shows an overlay that fits', async () => {
    const base = { 'a.yaml': files, 'b.yaml': 'projects: { proxy.ecr.aws: { registry: docker-hub } }' };
    const { declaration, diagnostics } = await load(
      { ...base, 'instances/edge.yaml': edge },
      { kinds, instance: 'edge' },
    );
    expect(diagnostics).toEqual([]);
    const addresses = declaration?.objects.map(({ address }) => address);
    expect(addresses).toContain('quota/proxy.docker.io');
    expect(addresses).not.toContain('retention/proxy.docker.io');
    expect(addresses).not.toContain('project/proxy.ecr.aws');
  });

  it('names every rule of the declaration, and no other', () => {
    const folder = join(ROOT, 'src/declaration');
    const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const rule = String.raw`(?:rule: |problem\(\s*|(?:report|reportOnce)\(conversion, \w+, |SECRET_[A-Z]+: )'([a-z0-9-]+)'`;
    const spoken = new Set([...source.matchAll(new RegExp(rule, 'g'))].map(([, id]) => id));
    const table = guide.slice(guide.search(/^\| rule +\| meaning/m));
    const told = [...table.matchAll(/^\| ([^|]*) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([a-z0-9-]+)`/g)].map(([, id]) => id),
    );
    expect([...told].sort()).toEqual([...spoken].sort());
  });
});
