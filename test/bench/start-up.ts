import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inTurns } from './contest';
import { startListener } from './first-request';
import type { Line } from '../../scripts/performance/report';

export const MAIN = resolve(__dirname, '../../src/cli/main.js');
const ROUNDS = 9;
const POLICIES = `registries: { hub: { type: docker-hub } }
projects: { proxy.docker.io: { registry: hub, conformance: { pull: [library/alpine:3.20] } } }
`;

/** What Breakwater takes before it does anything, beside a Node that does nothing. */
export async function startUp(): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-bench-'));
  const listener = await startListener();
  const harbor = `harbor: { url: "${listener.url}", robot: { name: "robot$bench", secret: { env: BENCH_ROBOT } } }\n`;
  writeFileSync(join(folder, 'policies.yaml'), harbor + POLICIES);
  const ours = (name: string, ...args: string[]) => ({ name, command: () => [process.execPath, MAIN, ...args] });
  const untilFirstRequest = (name: string) => ({
    name: `breakwater ${name}`,
    command: () => ['env', 'BENCH_ROBOT=secret', process.execPath, MAIN, name, '--policies', folder],
    measure: listener.untilFirstByte,
  });
  const node = { name: 'node -e 0', command: () => [process.execPath, '-e', '0'] };
  try {
    return [
      { id: 'help', title: '`--help`', rows: await inTurns([ours('breakwater --help', '--help'), node], ROUNDS) },
      {
        id: 'demo',
        title: 'The demo: a sandbox, policies, a plan, an apply and a proof',
        rows: await inTurns([ours('breakwater demo', 'demo', '--report', join(folder, 'demo'))], 1, false),
      },
      {
        id: 'validate',
        title: '`validate` of one project',
        rows: await inTurns([ours('breakwater validate', 'validate', '--policies', folder), node], ROUNDS),
      },
      {
        id: 'first-request',
        title: 'Until the first request of `plan` and `conform` leaves',
        rows: await inTurns([untilFirstRequest('plan'), untilFirstRequest('conform'), node], ROUNDS),
      },
    ];
  } finally {
    listener.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
