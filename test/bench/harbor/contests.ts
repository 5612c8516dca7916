import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCountingProxy } from '../conform/counting-proxy';
import { measureProgram } from '../conform/program';
import { inTurns, type Contender } from '../contest';
import type { Line } from '../../../scripts/performance/report';
import { MAIN } from '../start-up';
import type { Input } from './bare';
import { startHarbor } from './sandbox';
import { initialise, terraformAbsence, writeConfiguration } from './terraform';
import { PASSWORD, type Harbor, writePolicies, type Identity, type Work } from './work';

const ROUNDS = 3;

interface Place extends Harbor {
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

async function place(): Promise<Place> {
  return { ...(await startHarbor()), folder: mkdtempSync(join(tmpdir(), 'breakwater-bench-')) };
}

async function leave({ folder, stop }: Place): Promise<void> {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

/** Secrets go by the environment, as in CI. */
function ours({ folder, robot }: Pick<Place, 'folder' | 'robot'>, ...words: string[]): string[] {
  const env = [`BENCH_PASSWORD=${PASSWORD}`, `BENCH_ROBOT=${robot.secret}`];
  return ['env', ...env, process.execPath, MAIN, ...words, '--policies', folder, '--quiet'];
}

function apply(at: Pick<Place, 'folder' | 'robot'>): string[] {
  return ours(at, 'apply', '--yes', '--journal', join(at.folder, 'journal.jsonl'));
}

function bare(harbor: Harbor, work: Work, as: Identity, what: Input['what']): string[] {
  const { url, upstream, robot } = harbor;
  const input: Input = { ...work, harbor: { url, upstream, robot }, as, what };
  return [process.execPath, join(__dirname, 'bare.js'), JSON.stringify(input)];
}

function terraform(folder: string, ...words: string[]): string[] {
  return ['terraform', `-chdir=${folder}`, ...words, '-input=false', '-no-color', '-parallelism=32'];
}

/** What is prepared once more in front of a proxy that counts, and run once. */
async function counted(at: Place, command: (through: Place) => readonly string[]): Promise<number> {
  const proxy = await startCountingProxy(at.url);
  try {
    await measureProgram(command({ ...at, url: `http://${proxy.host}` }));
    return proxy.count();
  } finally {
    await proxy.close();
  }
}

function creator(name: string, command: (at: Place) => readonly string[]): Contender<Place> {
  return {
    name,
    prepare: place,
    clean: leave,
    command,
    async count() {
      const at = await place();
      try {
        return await counted(at, command);
      } finally {
        await leave(at);
      }
    },
  };
}

/** Everything of a piece of work is created, each time in a Harbor that has nothing. */
export async function creating(id: string, title: string, work: Work, as: Identity): Promise<Line> {
  const contenders = [
    creator(`breakwater apply, by ${as}`, (at) => {
      writePolicies(at.folder, work, at, [as]);
      return apply(at);
    }),
    creator(`the same calls, by ${as}`, (at) => bare(at, work, as, 'create')),
    creator(`the same calls, and the result is read, by ${as}`, (at) => bare(at, work, as, 'create and read')),
    ...(isForTerraform(work)
      ? [
          creator('terraform apply, by user', (at) => {
            writeConfiguration(at.folder, work, at);
            initialise(at.folder);
            return terraform(at.folder, 'apply', '-auto-approve');
          }),
        ]
      : []),
  ];
  return {
    id,
    title,
    family: familyOf('create', work, as),
    size: work.projects,
    rows: await inTurns(contenders, ROUNDS),
  };
}

/** A plan that finds nothing to do. */
export async function planning(id: string, title: string, work: Work, as: readonly Identity[]): Promise<Line> {
  const at = await place();
  try {
    writePolicies(at.folder, work, at, as);
    await measureProgram(apply(at));
    const who = as.join(' and ');
    const reader = (name: string, command: (through: Place) => readonly string[]): Contender => ({
      name,
      command: () => command(at),
      count: () => counted(at, command),
    });
    const withPlan = (through: Place): string[] => {
      writePolicies(through.folder, work, through, as);
      return ours(through, 'plan');
    };
    const contenders = [
      reader(`breakwater plan, by ${who}`, withPlan),
      reader(`the same pages, by ${as.at(-1)}`, (through) => bare(through, work, as.at(-1)!, 'read')),
    ];
    const rows = await inTurns(contenders, ROUNDS);
    const theirs = isForTerraform(work) ? await inTurns([await refresher(work)], ROUNDS) : [];
    return { id, title, family: familyOf('plan', work, as.join('+')), size: work.projects, rows: [...rows, ...theirs] };
  } finally {
    await leave(at);
  }
}

/** More than that takes it minutes each time. */
const TERRAFORM_UP_TO = 100;

function isForTerraform({ projects }: Work): boolean {
  return projects <= TERRAFORM_UP_TO && terraformAbsence() === undefined;
}

/** Terraform compares with what it created itself, in a Harbor of its own that lives as long as this bench. */
async function refresher(work: Work): Promise<Contender> {
  const at = await place();
  writeConfiguration(at.folder, work, at);
  initialise(at.folder);
  const [file = '', ...args] = terraform(at.folder, 'apply', '-auto-approve');
  execFileSync(file, args, { stdio: 'ignore' });
  process.on('exit', () => rmSync(at.folder, { recursive: true, force: true }));
  return { name: 'terraform plan, by user', command: () => terraform(at.folder, 'plan'), clean: async () => {} };
}

function familyOf(what: string, { children }: Work, as: string): string {
  return `${what}${children ? ', with children' : ''}, by ${as}`;
}
