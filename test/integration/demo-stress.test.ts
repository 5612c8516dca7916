import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PROGRAM = join(__dirname, '..', '..', 'dist', 'scripts', 'demo-stress', 'main.js');
/** The other suites are the load. `npm run test:demo-stress` runs 200, beside CPU hogs. */
const RUNS = process.env['CI'] ? 10 : 1;
const MINUTES_EACH = 4;

it(
  `the demo is green on a busy machine, ${RUNS} of ${RUNS} times`,
  async () => {
    const env = { ...process.env, DEMO_RUNS: String(RUNS), DEMO_AT_ONCE: '3', DEMO_EACH: '5', DEMO_HOGS: '0' };
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM], { env, maxBuffer: 64 << 20 }).catch(
      (failed: { stdout: string }) => failed,
    );
    // The whole output, so that a failure shows the report of the demo.
    expect(stdout).toMatch(new RegExp(`^0 of ${RUNS} red$`, 'm'));
  },
  RUNS * MINUTES_EACH * 60_000,
);
