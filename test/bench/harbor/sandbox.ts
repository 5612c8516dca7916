import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RobotCreatedWire } from '../../../src/kinds/support/robot-wire';
import { createClient } from '../../../src/harbor';
import { startSandbox } from '../../../src/sandbox';
import { startFixtureUpstream } from '../../../src/upstream';
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
  const client = createClient({ url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } });
  const { system, project } = await client.get<Record<'system' | 'project', object[]>>('/permissions');
  const { body } = await client.post<RobotCreatedWire>('/robots', {
    name: 'bench',
    level: 'system',
    duration: 1,
    permissions: [
      { kind: 'system', namespace: '/', access: system },
      { kind: 'project', namespace: '*', access: project },
    ],
  });
  await client.close();
  const harbor: Harbor = {
    url: sandbox.url,
    upstream: upstream.url,
    robot: { name: body!.name, secret: body!.secret },
  };
  process.stdout.write(`${JSON.stringify(harbor)}\n`);
  for await (const _ of process.stdin);
  await Promise.all([sandbox.close(), upstream.close()]);
}

if (require.main === module) void main();
