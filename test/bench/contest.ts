import type { Row, Usage } from '../../scripts/performance/report';
import { compact } from '../../src/compact';
import { measureProgram } from './conform/program';

/** A program that does the work once; `prepare` and `clean` are not measured. */
export interface Contender<Work = void> {
  readonly name: string;
  prepare?(): Promise<Work>;
  command(work: Work): readonly string[];
  /** Instead of running the command to its end. */
  readonly measure?: (command: readonly string[]) => Promise<Usage>;
  clean?(work: Work): Promise<void>;
  /** Requests of one run that is not timed. */
  count?(): Promise<number>;
}

/**
 * Lets every contender do the work in turn, so that a machine which slows down slows all. The first round is not timed: if
 * requests are counted, it counts them. A contender that fails is left out, and the others continue.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- what each of them prepares is its own affair
export async function inTurns(contenders: readonly Contender<any>[], rounds: number, warmUp = true): Promise<Row[]> {
  const tables = contenders.map((contender) => ({
    contender,
    runs: [] as Usage[],
    requests: undefined as number | undefined,
    failed: undefined as string | undefined,
  }));
  const tried = async (table: (typeof tables)[number], work: () => Promise<void>): Promise<void> => {
    if (table.failed !== undefined) return;
    await work().catch((error: Error) => (table.failed = error.message.slice(0, LONGEST_REASON)));
  };
  for (const table of tables)
    await tried(table, async () => {
      if (table.contender.count) table.requests = await table.contender.count();
      else if (warmUp) await once(table.contender);
    });
  for (let round = 0; round < roundsOf(rounds); round++)
    for (const table of tables) await tried(table, async () => void table.runs.push(await once(table.contender)));
  return tables.map(({ contender, runs, requests, failed }) =>
    compact<Row>({ name: contender.name, runs: failed === undefined ? runs : [], requests, failed }),
  );
}

export const LONGEST_REASON = 300;

/** `--quick` takes a third of the usual rounds, and BENCH_ROUNDS asks for another number. */
export function roundsOf(usual: number): number {
  const quick = process.argv.includes('--quick');
  return Number(process.env['BENCH_ROUNDS'] ?? (quick ? Math.ceil(usual / 3) : usual));
}

async function once<Work>(contender: Contender<Work>): Promise<Usage> {
  const work = (await contender.prepare?.()) as Work;
  try {
    return await (contender.measure ?? measureProgram)(contender.command(work));
  } finally {
    await contender.clean?.(work);
  }
}
