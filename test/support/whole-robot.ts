import { createClient, type ClientOptions } from '../../src/harbor';
import type { RobotCreatedWire } from '../../src/kinds/support/robot-wire';

/** Creates a system robot with every permission that Harbor has for one. @returns its full name and secret */
export async function createWholeRobot(
  options: Pick<ClientOptions, 'url' | 'user'>,
  name: string,
): Promise<{ readonly name: string; readonly secret: string }> {
  const client = createClient(options);
  const { system, project } = await client.get<Record<'system' | 'project', object[]>>('/permissions');
  const { body } = await client.post<RobotCreatedWire>('/robots', {
    name,
    level: 'system',
    duration: 1,
    permissions: [
      { kind: 'system', namespace: '/', access: system },
      { kind: 'project', namespace: '*', access: project },
    ],
  });
  await client.close();
  return { name: body!.name, secret: body!.secret };
}
