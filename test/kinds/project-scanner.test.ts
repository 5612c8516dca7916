import { projectScanner } from '../../src/kinds/project-scanner';
import { scanner } from '../../src/kinds/scanner';
import { startScannerAdapter, type ScannerAdapter } from '../../src/scanner-adapter';
import { withDouble } from './support/harbor-double';
import { bringTo, listed, withSandbox } from './support/with-sandbox';

let adapters: ScannerAdapter[];
beforeAll(async () => {
  adapters = await Promise.all([startScannerAdapter(), startScannerAdapter()]);
});
afterAll(async () => {
  await Promise.all(adapters.map((adapter) => adapter.close()));
});

it('is the effective scanner: the choice of the project, or the default', async () => {
  await withSandbox(async (context) => {
    expect(await listed(projectScanner, context, ['library'])).toEqual([]);
    await bringTo(scanner, context, { name: 'one', url: adapters[0]!.url });
    await bringTo(scanner, context, { name: 'two', url: adapters[1]!.url });

    expect(await bringTo(projectScanner, context, { project: 'library', scanner: 'one' })).toEqual([]);
    expect(await bringTo(projectScanner, context, { project: 'library', scanner: 'two' })).toEqual(['scanner']);
    expect(await bringTo(projectScanner, context, { project: 'library', scanner: 'two' })).toEqual([]);
    expect(await listed(projectScanner, context, ['library'])).toEqual([
      { identity: 'library', spec: { project: 'library', scanner: 'two' }, facts: { is_default: false } },
    ]);
  });
});

it('refuses a missing scanner: Harbor would return 200 and change nothing', async () => {
  await withSandbox(async (context) => {
    await expect(bringTo(projectScanner, context, { project: 'library', scanner: 'clair' })).rejects.toThrow(
      'project-scanner/library: Harbor has no scanner named clair',
    );
  });
});

it('asks once for each project in scope, and for no other', async () => {
  const answers = { 'GET /projects/a/scanner': { uuid: 'u', name: 'one', is_default: true } };
  await withDouble({ answers }, async ({ read, calls, context }) => {
    const project = (name: string) => ({ project_id: 1, name, repo_count: 0, metadata: {} });
    const wires = { project: [project('a'), project('b')] };
    const [wire, ...more] = await projectScanner.list(read(['a', 'not-made-yet'], wires));
    expect(more).toEqual([]);
    expect(calls()).toEqual(['GET /projects/a/scanner']);
    expect(projectScanner.fromWire(wire!, context.refs)).toEqual({
      identity: 'a',
      spec: { project: 'a', scanner: 'one' },
      facts: { is_default: true },
    });
  });
});

it.each([
  ['follows the default', true, {}, true, true],
  ['chose what is the default', true, { projectScanner: 'u' }, false, true],
  ['chose a scanner that is gone', true, { projectScanner: 'gone' }, true, true],
  ['chose another one', false, { projectScanner: 'u' }, false, false],
])(
  'of a project that %s is reported separately where everything is read',
  async (_what, is_default, metadata, builtIn, asks) => {
    const choice = '/projects/a/metadatas/projectScanner';
    const answers = {
      'GET /projects/a/scanner': { uuid: 'u', name: 'one', is_default },
      [`GET ${choice}`]: metadata,
    };
    await withDouble({ answers }, async ({ read, calls, context }) => {
      const wires = { project: [{ project_id: 1, name: 'a', repo_count: 0, metadata: {} }] };
      const [wire] = await projectScanner.list({ ...read(['a'], wires), everything: true });
      expect(projectScanner.fromWire(wire!, context.refs).builtIn ?? false).toBe(builtIn);
      expect(calls().includes(`GET ${choice}`)).toBe(asks);
    });
  },
);

it('refers to a project that it goes with, and to a scanner that may come with Harbor', () => {
  expect(projectScanner.references({ project: 'a', scanner: 'Trivy' })).toEqual([
    { kind: 'project', identity: 'a', field: '', owner: true },
    { kind: 'scanner', identity: 'Trivy', field: '', specField: 'scanner', mayBeUndeclared: true },
  ]);
});
