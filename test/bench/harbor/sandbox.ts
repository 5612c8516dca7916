import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startSandbox } from '../../../src/sandbox';
import { startFixtureUpstream } from '../../../src/upstream';
import { createWholeRobot } from '../../support/whole-robot';
import { PASSWORD, type Harbor } from './work';

/** The process is this file again. */
export async function startHarbor(): Promise<Harbor & { readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [join(__dirname, 'sandbox.js')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  return { ...(JSON.parse(told.toString('utf8')) as Harbor), stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.stdin!.end();
  await gone;
}

async function main(): Promise<void> {
  const upstream = await startFixtureUpstream();
  const sandbox = await startSandbox({ password: PASSWORD });
  const user = { username: 'admin', password: async () => PASSWORD };
  const robot = await createWholeRobot({ url: sandbox.url, user }, 'bench');
  const harbor: Harbor = { url: sandbox.url, upstream: upstream.url, robot };
  process.stdout.write(`${JSON.stringify(harbor)}\n`);
  for await (const _ of process.stdin);
  await Promise.all([sandbox.close(), upstream.close()]);
}

if (require.main === module) void main();
