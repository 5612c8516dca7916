import { createClient } from '../../../src/harbor';
import { startSandbox } from '../../../src/sandbox';
import { startFixtureUpstream } from '../../../src/upstream';

/**
 * Shared with who starts this: Harbor's waits are no part of what is measured. Much shorter, and a machine that does
 * other work does not store an image in the ten minutes in which Harbor looks for it.
 */
export const TIME_SCALE = 0.003;
export const PASSWORD = 'Harbor12345';

/** A sandbox with so many proxy projects, in a process of its own until its standard input ends. */
async function main(repositories: readonly string[]): Promise<void> {
  const upstream = await startFixtureUpstream();
  const sandbox = await startSandbox({ timeScale: TIME_SCALE, password: PASSWORD });
  const client = createClient({ url: sandbox.url, user: { username: 'admin', password: async () => PASSWORD } });
  await client.post('/registries', { name: 'upstream', type: 'docker-registry', url: upstream.url });
  for (const repository of repositories) {
    const [project_name = '', image = ''] = repository.split('/');
    upstream.put(image, '1', 'a');
    await client.post('/projects', { project_name, registry_id: 1, metadata: { public: 'true' } });
  }
  await client.close();
  process.stdout.write(`${sandbox.url}\n`);
  for await (const _ of process.stdin);
  await Promise.all([sandbox.close(), upstream.close()]);
}

if (require.main === module) void main(JSON.parse(process.argv[2] ?? '[]') as string[]);
