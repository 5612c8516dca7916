import { headline, runConformance, type ConformanceReport } from '../../src/conformance';
import { startSandboxUnderTest } from '../unit/conformance/sandbox-target';

/**
 * A proof that cries wolf is switched off. CI runs a few; `npm run test:clean-runs` the 200 of which none may raise an
 * alarm.
 */
const RUNS = Number(process.env['CLEAN_RUNS'] ?? 2);
const AT_ONCE = 6;
/** Work does not shrink with the clock: at 0.02 a machine that was short of CPU took longer than Harbor may. */
const TIME_SCALE = 0.05;
const MINUTES_EACH = 2;

async function cleanRun(): Promise<ConformanceReport> {
  const under = await startSandboxUnderTest(TIME_SCALE);
  try {
    return await runConformance(under.target, {
      tool: { name: 'breakwater', version: '0.0.0' },
      timeScale: TIME_SCALE,
    });
  } finally {
    await under.close();
  }
}

/** What of a run would have woken somebody; nothing of a clean one. */
function alarm(report: ConformanceReport): string | undefined {
  const { kind, words, more } = headline(report);
  return kind === 'pass' && report.complete ? undefined : [words, ...more].join('\n');
}

it(
  `${RUNS} clean runs raise no alarm, and prove the same each time`,
  async () => {
    const alarms: string[] = [];
    const proven = new Set<string>();
    let begun = 0;
    const worker = async (): Promise<void> => {
      while (begun < RUNS) {
        const run = ++begun;
        const report = await cleanRun();
        const words = alarm(report);
        if (words !== undefined) alarms.push(`run ${run}: ${words}`);
        const skipped = report.results.filter(({ status }) => status === 'skip');
        proven.add(skipped.map(({ id, project }) => `${id} ${project ?? ''}`).join(', '));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    expect(alarms).toEqual([]);
    expect(begun).toBe(RUNS);
    // A run that skips what another has proven was not as good as it.
    expect([...proven]).toHaveLength(1);
  },
  RUNS * MINUTES_EACH * 60_000,
);
