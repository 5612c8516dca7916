import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageDirectory } from '../../deploy/package-files';
import { PlanRefusedError } from '../../errors';
import { note, type HostLock, type UpContext } from './context';
import { hostInvocation, onHost, SSH_FAILED } from './on-host';
import {
  busyHost,
  diedOnHost,
  lastLine,
  parseHostLock,
  shellWord,
  type Deployment,
  type DeploymentHost,
  type HostLockState,
  type StepId,
} from './steps';

/** Steps that change the host or its containers. */
const WORKS_ON_HOST: readonly StepId[] = ['drain', 'host', 'images', 'harbor', 'edge', 'return'];

/** The other steps talk to Harbor or to a provider, so two runs of them do not destroy anything on the host. */
export function worksOnHost(id: StepId): boolean {
  return WORKS_ON_HOST.includes(id);
}

/** Silence of two minutes frees the host. */
const BEAT_MS = 20_000;
const ANSWER_MS = 60_000;
const RELEASE_MS = 5_000;
const NOTHING_CHANGED = 'nothing was changed';

/**
 *     keep()      connection open    nothing to do
 *                 otherwise          connect, run the script, judge its answer: what this very run left
 *                                    before its connection broke is not another run
 *     release()   closes the connection
 *
 * After a killed run nothing has to be cleaned up: two minutes of silence free the host.
 */
function hostLock(context: UpContext, { name }: Deployment, host: DeploymentHost): HostLock {
  const run = randomUUID();
  const who = `${context.env['USER'] ?? context.env['LOGNAME'] ?? 'unknown'}@${hostname()}`;
  const script = lockScript([`--hold=${run}`, `--who=${who}`, `--environment=${name}`]);
  let held: Connection | undefined;
  let isNoted = false;
  return {
    run,
    async keep(otherwise = NOTHING_CHANGED) {
      if (held?.isOpen()) return;
      held = connect(context, host, script);
      const answer = await held.answer;
      // What this run itself left, before it lost its connection, is not another one.
      const { told } = answer;
      const own = told?.state === 'held' && told.before?.run === run;
      if (!own) judge(context, host, isNoted ? { told } : answer, otherwise);
      isNoted ||= answer.why !== undefined;
    },
    async release() {
      await held?.end();
    },
  };
}

/**
 * Holds the lock of the host during the work; a dry run only looks.
 * @param ids of the steps; a machine that one of them creates is locked when its first step begins
 * @throws PlanRefusedError if another run holds it
 * The lock is a program on the host that lives as long as its ssh connection:
 *
 *     up ── ssh ──► host_lock.py: takes the lock, answers `held` or `busy`
 *       │ a line every 20 s ──►  │ 2 minutes without one: it ends and frees the host
 *       │ `end`             ──►  │ ends at once
 *       │ connection lost        │ `keep` before the next step connects again, with the same run id
 */
export async function withHostLock<T>(
  context: UpContext,
  deployment: Deployment,
  { ids, dryRun }: { readonly ids: readonly StepId[]; readonly dryRun: boolean },
  work: (context: UpContext) => Promise<T>,
): Promise<T> {
  const { host } = deployment;
  if (!host || !ids.some(worksOnHost)) return work(context);
  const isThere = !ids.includes('machine');
  if (dryRun) {
    if (isThere) await refuseBusyHost(context, host);
    return work(context);
  }
  const lock = hostLock(context, deployment, host);
  try {
    if (isThere) await lock.keep();
    return await work({ ...context, hostLock: lock });
  } finally {
    await lock.release();
  }
}

/** For a run that only looks. @throws PlanRefusedError if another run holds it */
async function refuseBusyHost(context: UpContext, host: DeploymentHost): Promise<void> {
  const { stdout } = await onHost(context, host, lockScript(['--ask=']), programLine());
  judge(context, host, { told: parseHostLock(stdout) }, NOTHING_CHANGED);
}

function lockScript(options: readonly string[]): string {
  const first = 'import sys, json; exec(json.loads(sys.stdin.readline()))';
  return `exec python3 -uc ${shellWord(first)} ${options.map(shellWord).join(' ')}`;
}

/** The program as one line: the lines after it are signs of life. */
function programLine(): string {
  const file = join(packageDirectory, 'ansible/roles/harbor_host/files/host_lock.py');
  return `${JSON.stringify(readFileSync(file, 'utf8'))}\n`;
}

interface Answer {
  readonly told: HostLockState | undefined;
  /** Why there is none. */
  readonly why?: string;
}

function judge(context: UpContext, host: DeploymentHost, { told, why }: Answer, otherwise: string): void {
  if (told?.state === 'busy') throw new PlanRefusedError(otherwise, [busyHost(host, told.holder)]);
  if (told?.before) note(context, diedOnHost(host, told.before));
  if (why !== undefined)
    note(context, `no lock on ${host.address} (${why}): a run from another checkout would not be noticed`);
}

interface Connection {
  readonly answer: Promise<Answer>;
  isOpen(): boolean;
  end(): Promise<void>;
}

/** Starts the program on the host. It is in a process group of its own: Ctrl-C in a terminal must not free the host early. */
function connect(context: UpContext, host: DeploymentHost, script: string): Connection {
  const { program, args } = hostInvocation(host, script);
  const child = spawn(program, args, { cwd: context.cwd, env: { ...context.env }, detached: true });
  child.stdin.on('error', () => undefined).write(programLine());
  const beat = setInterval(() => child.stdin.write('\n'), BEAT_MS).unref();
  const closed = new Promise<void>((fulfil) => child.once('close', () => fulfil()).once('error', () => fulfil()));
  void closed.then(() => clearInterval(beat));
  return {
    answer: answerOf(child, closed),
    isOpen: () => child.exitCode === null && child.signalCode === null,
    async end() {
      child.stdin.end('end\n');
      const late = setTimeout(() => child.kill('SIGKILL'), RELEASE_MS);
      await closed;
      clearTimeout(late);
    },
  };
}

/** Whichever comes first: the first line, the end of the program, or too much time. */
async function answerOf(child: ChildProcessWithoutNullStreams, closed: Promise<void>): Promise<Answer> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said += text));
  let answered = '';
  const line = new Promise<Answer>((fulfil) =>
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answered += text;
      if (answered.includes('\n')) fulfil(withTold(answered.split('\n')[0]!));
    }),
  );
  const tooLate = sleep(ANSWER_MS, { told: undefined, why: 'it did not answer' }, { ref: false });
  // Problems with ssh are a finding of the preflight, or of the step itself.
  const ended = closed.then(() => {
    const isSsh = child.exitCode === null || child.exitCode === SSH_FAILED;
    return isSsh ? { told: undefined } : { told: undefined, why: lastLine(said) || 'no answer' };
  });
  return Promise.race([line, tooLate, ended]);
}

function withTold(text: string): Answer {
  const told = parseHostLock(text);
  return told ? { told } : { told, why: `unexpected answer: ${text.slice(0, 100)}` };
}
