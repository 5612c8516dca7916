import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Runs an expression with a Python file loaded as `m` and `given` as what it is given; throws what Python says. */
export function inPython(file: string, expression: string, given: unknown): unknown {
  const program = [
    'import importlib.machinery, importlib.util, json, sys',
    'sys.dont_write_bytecode = True',
    `loader = importlib.machinery.SourceFileLoader("m", sys.argv[1])`,
    'm = importlib.util.module_from_spec(importlib.util.spec_from_loader("m", loader))',
    'loader.exec_module(m)',
    'given = json.load(sys.stdin)',
    `print(json.dumps(${expression}))`,
  ].join('\n');
  const path = join(__dirname, '../../../ansible/roles', file);
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, path], {
    input: JSON.stringify(given),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}
