import type { Log, Result } from 'sarif';
import ts from '@typescript/typescript6';
import { join } from 'node:path';
import { renderReport, type Report } from '../../../../src/conformance';
import { BAD_NIGHT, fleetNight, nightReport } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

const sarif = (report: Report): Log => JSON.parse(renderReport('sarif', report, []));
const resultsOf = (report: Report): Result[] => sarif(report).runs[0]!.results!;

describe('the SARIF report', () => {
  it('is what the published types of SARIF 2.1.0 allow, with no property that they do not know', () => {
    const stopped = { ...EXAMPLE, complete: false, stopped: 'SIGTERM' };
    const logs = [EXAMPLE, nightReport(BAD_NIGHT), fleetNight(), stopped].map(sarif);
    expect(complaints(logs)).toEqual([]);
    expect(complaints([{ ...logs[0], runs: [{ ...logs[0]!.runs[0], colour: 'red' }] }])).not.toEqual([]);
  }, 60_000);

  it('points at the line that declares the project, the worst first', () => {
    const [first] = resultsOf(EXAMPLE);
    expect(resultsOf(EXAMPLE).map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['B1', 'error'],
      ['B1', 'warning'],
      ['S4a', 'note'],
    ]);
    expect(first!.locations![0]!.physicalLocation).toEqual({
      artifactLocation: { uri: 'policies/projects.yaml' },
      region: { startLine: 7, startColumn: 3 },
    });
  });

  it.each([
    ['library/alpine:3.20', 11],
    ['of-no-list:1', 7],
  ])('points at the line of the image if %s alone is affected', (image, startLine) => {
    const imagePositions = [{ file: 'policies/projects.yaml', line: 11, column: 14 }];
    const projects = EXAMPLE.projects.map((one) => ({ ...one, imagePositions }));
    const results = EXAMPLE.results.map((one) => (one.status === 'fail' ? { ...one, image } : one));
    const [first] = resultsOf({ ...EXAMPLE, projects, results });
    expect(first!.locations![0]!.physicalLocation!.region!.startLine).toBe(startLine);
  });

  it('is one run also for a fleet, with separate alerts', () => {
    expect(sarif(fleetNight()).runs).toHaveLength(1);
    const prints = resultsOf(fleetNight()).map((one) => one.partialFingerprints!['breakwaterConformance/v1']);
    expect(new Set(prints).size).toBe(prints.length);
  });

  it("recognizes last night's problem, with other messages and lines", () => {
    const printOf = (report: Report) => resultsOf(report)[0]!.partialFingerprints;
    const moved = EXAMPLE.projects.map((one) => ({
      ...one,
      position: { file: 'policies/projects.yaml', line: 99, column: 1 },
    }));
    const results = EXAMPLE.results.map((one) => ({ ...one, message: 'other words' }));
    expect(printOf({ ...EXAMPLE, projects: moved, results })).toEqual(printOf(EXAMPLE));
  });

  it('finds a place for the front door, which is declared nowhere', () => {
    const results = EXAMPLE.results.map((one) => (one.id === 'T4' ? { ...one, status: 'fail' as const } : one));
    expect(resultsOf({ ...EXAMPLE, results })[0]!.locations![0]!.physicalLocation!.region!.startLine).toBe(1);
  });

  it('reports that a run was stopped', () => {
    expect(sarif({ ...EXAMPLE, complete: false, stopped: 'SIGTERM' }).runs[0]!.invocations![0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: 'harbor.example.com: the run was stopped: SIGTERM' } }],
    });
  });

  it('stays within the limits of code scanning', () => {
    const results = Array.from({ length: 6_000 }, () => EXAMPLE.results[1]!);
    expect(resultsOf({ ...EXAMPLE, results })).toHaveLength(5_000);
  });
});

/** What the TypeScript compiler has against the logs as literals of type `Log`: unknown names, wrong values. */
function complaints(logs: readonly object[]): string[] {
  const name = join(__dirname, 'logs.ts');
  const text = `import type { Log } from 'sarif';\nexport const logs: Log[] = ${JSON.stringify(logs)};\n`;
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    types: [],
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : read(file, ...rest);
  host.fileExists = (
    (exists) => (file) =>
      file === name || exists(file)
  )(host.fileExists.bind(host));
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
