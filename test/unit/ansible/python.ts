import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROLES = join(__dirname, '../../../ansible/roles');

/** The interpreter itself: where pyenv is installed, `python3` is a shell script that takes twice as long as Python. */
export const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();

/** One process evaluates all expressions of a test file, and executes the file of the role anew for each. */
const PROGRAM = `
import json, sys, traceback, types

programs = {}
for line in sys.stdin:
    path, expression, given = json.loads(line)
    try:
        if path not in programs:
            with open(path, encoding="utf-8") as file:
                programs[path] = compile(file.read(), path, "exec")
        m = types.ModuleType("m")
        m.__file__ = path
        exec(programs[path], m.__dict__)
        answer = json.dumps({"value": eval(expression, {"m": m, "given": given})})
    except BaseException:
        answer = json.dumps({"error": traceback.format_exc()})
    print(answer, flush=True)
`;

interface Evaluator {
  readonly child: ChildProcessWithoutNullStreams;
  /** In the order of the questions. */
  readonly answers: NodeJS.AsyncIterator<string>;
}

let evaluator: Evaluator | undefined;

function start(): Evaluator {
  const child = spawn(PYTHON, ['-B', '-c', PROGRAM]);
  child.stderr.resume();
  return { child, answers: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

afterAll(() => void evaluator?.child.kill());

/** Evaluates an expression with a Python file loaded as `m` and `given` as what it is given; throws what Python says. */
export async function inPython(file: string, expression: string, given: unknown): Promise<unknown> {
  evaluator ??= start();
  evaluator.child.stdin.write(`${JSON.stringify([join(ROLES, file), expression, given])}\n`);
  const { value: line, done } = await evaluator.answers.next();
  if (done === true) throw new Error(`Python ended: ${expression}`);
  const { value, error } = JSON.parse(line) as { value?: unknown; error?: string };
  if (error !== undefined) throw new Error(error);
  return value;
}
