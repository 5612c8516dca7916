import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { Command } from 'commander';
import { parseAllDocuments } from 'yaml';
import { commands } from '../src/cli/commands';
import { parseShard } from '../src/conformance';

const FOLDER = resolve(__dirname, '..', 'examples', 'nightly');
const NAMES = ['gitlab-ci.yml', 'github-actions.yml', 'kubernetes.yaml'];

interface CronJob {
  readonly spec: { readonly jobTemplate: { readonly spec: Job } };
}

interface Job {
  readonly completions: number;
  readonly completionMode: string;
  readonly template: { readonly spec: { readonly containers: readonly { readonly command: readonly string[] }[] } };
}

interface Pipeline {
  readonly prove: { readonly parallel: number; readonly script: readonly string[] };
  readonly report: { readonly artifacts: { readonly reports: { readonly junit: string } } };
}

interface Workflow {
  readonly jobs: {
    readonly prove: {
      readonly steps: readonly { readonly run?: string }[];
      readonly strategy: { readonly matrix: { readonly shard: readonly number[] } };
    };
  };
}

/** Every document of a file. @throws Error where it is no YAML */
function documentsOf<T>(name: string): T[] {
  return parseAllDocuments(readFileSync(join(FOLDER, name), 'utf8')).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as T;
  });
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

/** The command lines that a file would run, each as one line. */
function callsIn(name: string): string[] {
  const lines = documentsOf(name)
    .flatMap(stringsIn)
    .flatMap((text) => text.replaceAll('\\\n', ' ').split('\n'));
  return lines.flatMap((line) => /^(?:exec )?breakwater (.*)$/.exec(line.trim())?.[1] ?? []);
}

describe.each(NAMES)('examples/nightly/%s', (name) => {
  it('calls existing commands, with existing flags', async () => {
    const calls = callsIn(name);
    expect(calls.map((call) => call.split(' ')[0]).sort()).toEqual(['conform', 'report']);
    for (const call of calls) {
      const [word, ...rest] = call.split(/\s+/);
      const described = new Command();
      (await commands.find((one) => one.name === word)!.load()).configure(described);
      const known = described.options.map(({ long }) => long);
      const used = rest.filter((argument) => argument.startsWith('--'));
      expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
      expect(used).toContain('--report');
    }
  });
});

describe('the scripts of the examples', () => {
  let bin: string;
  let reports: string;

  /** A double of the command line that only says what it was called with. */
  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'breakwater-examples-'));
    reports = join(bin, 'reports');
    writeFileSync(join(bin, 'breakwater'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
    chmodSync(join(bin, 'breakwater'), 0o755);
  });
  afterAll(() => rmSync(bin, { recursive: true, force: true }));

  function argumentsOf(script: string, env: Record<string, string>): string[] {
    const path = [bin, process.env['PATH']].join(delimiter);
    const output = execFileSync('sh', ['-ec', script], {
      env: { PATH: path, REPORTS: reports, ...env },
      cwd: bin,
      encoding: 'utf8',
    });
    return output.trimEnd().split('\n');
  }
  const valueOf = (list: readonly string[], flag: string): string => list[list.indexOf(flag) + 1]!;

  function expectEveryPart(calls: readonly (readonly string[])[]): void {
    const shards = calls.map((call) => parseShard(valueOf(call, '--shard')));
    expect(shards).toEqual(calls.map((_call, at) => ({ index: at + 1, of: calls.length })));
    expect(new Set(calls.map((call) => valueOf(call, '--report'))).size).toBe(calls.length);
  }

  it('Kubernetes: every index proves another part, and the second Job joins their reports', () => {
    const [, prove, merge] = documentsOf<CronJob>('kubernetes.yaml');
    const jobOf = (cron?: CronJob): Job => cron!.spec.jobTemplate.spec;
    const scriptOf = (cron?: CronJob): string => jobOf(cron).template.spec.containers[0]!.command[2]!;
    const calls = Array.from({ length: jobOf(prove).completions }, (_none, at) =>
      argumentsOf(scriptOf(prove), { JOB_COMPLETION_INDEX: String(at) }),
    );
    expectEveryPart(calls);
    expect(jobOf(prove).completionMode).toBe('Indexed');

    const written = calls.map((call) => valueOf(call, '--report'));
    for (const directory of written) mkdirSync(directory, { recursive: true });
    const [word, action, ...rest] = argumentsOf(scriptOf(merge), {});
    expect([word, action]).toEqual(['report', 'merge']);
    expect(rest).toEqual([...written, '--report', join(reports, 'latest')]);
  });

  it('GitLab: every node proves another part', () => {
    const [pipeline] = documentsOf<Pipeline>('gitlab-ci.yml');
    const total = pipeline!.prove.parallel;
    const calls = Array.from({ length: total }, (_none, at) =>
      argumentsOf(pipeline!.prove.script[0]!, { CI_NODE_INDEX: String(at + 1), CI_NODE_TOTAL: String(total) }),
    );
    expectEveryPart(calls);
    expect(pipeline!.report.artifacts.reports.junit).toBe('report/junit.xml');
  });

  it('GitHub: every entry of the matrix proves another part', () => {
    const [workflow] = documentsOf<Workflow>('github-actions.yml');
    const { steps, strategy } = workflow!.jobs.prove;
    const script = steps.find(({ run }) => run !== undefined)!.run!;
    const calls = strategy.matrix.shard.map((part) =>
      argumentsOf(script.replaceAll('${{ matrix.shard }}', String(part)), {}),
    );
    expectEveryPart(calls);
  });
});
