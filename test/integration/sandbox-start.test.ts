import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { directoryWith } from '../support/cli';

const MAIN = resolve(__dirname, '../../dist/src/cli/main.js');

// Seconds depend on the machine; what is loaded does not.
it('starts the sandbox without what only its options need', async () => {
  const root = directoryWith({
    'loaded.cjs': `process.on('exit', () =>
  require('node:fs').writeFileSync(process.env.LOADED, JSON.stringify(Object.keys(require.cache))));`,
  });
  const loaded = join(root, 'loaded.json');
  const child = spawn(process.execPath, ['-r', join(root, 'loaded.cjs'), MAIN, 'sandbox', '--port', '0'], {
    env: { ...process.env, LOADED: loaded },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  await once(child, 'exit');
  const modules = JSON.parse(readFileSync(loaded, 'utf8')) as string[];
  const of = (part: string) => modules.filter((file) => file.includes(part));
  for (const part of ['node_modules/undici/', 'node_modules/yaml/', '/src/kinds/', '/src/harbor/', '/src/upstream/'])
    expect(of(part)).toEqual([]);
  expect(modules.length).toBeLessThan(600);
});
