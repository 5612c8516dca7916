import type { Row, Usage } from '../../scripts/performance/report';
import { compact } from '../../src/compact';
import { measureProgram } from './conform/program';

/** A program that does the work once; `prepare` and `clean` are not measured. */
export interface Contender<Work = void> {
  readonly name: string;
  prepare?(): Promise<Work>;
  command(work: Work): readonly string[];
  clean?(work: Work): Promise<void>;
  /** Requests of one run that is not timed. */
  count?(): Promise<number>;
}

/**
 * Lets every contender do the work in turn, so that a machine which slows down slows all. The first round does not count.
 * One that fails is out, and the others go on.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what each of them prepares is its own affair
export async function inTurns(contenders: readonly Contender<any>[], rounds: number): Promise<Row[]> {
  const tables = contenders.map((contender) => ({
    contender,
    runs: [] as Usage[],
    failed: undefined as string | undefined,
  }));
  const tried = async (table: (typeof tables)[number], work: () => Promise<void>): Promise<void> => {
    if (table.failed !== undefined) return;
    await work().catch((error: Error) => (table.failed = error.message.slice(0, LONGEST_REASON)));
  };
  for (let round = -1; round < roundsOf(rounds); round++)
    for (const table of tables)
      await tried(table, async () => {
        const usage = await once(table.contender);
        if (round >= 0) table.runs.push(usage);
      });
  const rows: Row[] = [];
  for (const table of tables) {
    let requests: number | undefined;
    await tried(table, async () => void (requests = await table.contender.count?.()));
    const { runs, failed } = table;
    rows.push(compact<Row>({ name: table.contender.name, runs: failed === undefined ? runs : [], requests, failed }));
  }
  return rows;
}

const LONGEST_REASON = 300;

/** BENCH_ROUNDS asks for fewer or more. */
export function roundsOf(usual: number): number {
  return Number(process.env['BENCH_ROUNDS'] ?? usual);
}

async function once<Work>(contender: Contender<Work>): Promise<Usage> {
  const work = (await contender.prepare?.()) as Work;
  try {
    return await measureProgram(contender.command(work));
  } finally {
    await contender.clean?.(work);
  }
}
