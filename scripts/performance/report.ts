/** What one run of a program took. */
export interface Usage {
  readonly elapsedMs: number;
  /** User and system time, of its own children too. */
  readonly cpuMs: number;
  /** The most that it had in memory at once; of the process itself. 0 where nobody watched. */
  readonly maxRssMebibytes: number;
}

/** One program at one piece of work. */
export interface Row {
  readonly name: string;
  /** Of each run, in the order in which they were made. */
  readonly runs: readonly Usage[];
  /** Why there is no figure. */
  readonly failed?: string;
  /** Counted in a run of its own that is not timed; absent where nothing counts them. */
  readonly requests?: number;
  /** The same over TLS with a private CA. */
  readonly overTls?: readonly Usage[];
}

/** A piece of work, and the programs that do it in turn. Ours is the first. */
export interface Line {
  readonly id: string;
  readonly title: string;
  /** Bytes that each program reads, where that is what it is about. */
  readonly bytes?: number;
  /** Objects, for the slope over several sizes. */
  readonly size?: number;
  /** Lines of one family are the same work in several sizes. */
  readonly family?: string;
  /** Where these figures are from another run than the rest. */
  readonly note?: string;
  readonly rows: readonly Row[];
}

export interface BenchReport {
  readonly schemaVersion: 1;
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGib: number;
    readonly system: string;
  };
  /** Processes that wanted to run when the bench began: above 0.5 the seconds say little, and the CPU time still counts. */
  readonly loadAtStart: number;
  readonly versions: readonly string[];
  /** Programs that are not installed: nothing is said about them. */
  readonly absent: readonly string[];
  readonly lines: readonly Line[];
}

/** The middle one of what was measured: a single run that the machine disturbed does not count. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export function medianMs({ runs }: Pick<Row, 'runs'>): number {
  return median(runs.map(({ elapsedMs }) => elapsedMs));
}

export function cpuOf({ runs }: Pick<Row, 'runs'>): number {
  return median(runs.map(({ cpuMs }) => cpuMs));
}

/** How the work grows with its size: 1 is in step with it. Undefined where only one size was measured. */
export interface Slope {
  readonly family: string;
  readonly from: number;
  readonly to: number;
  /** Of the logarithms of CPU time over size, between the two largest sizes. */
  readonly exponent: number;
}

export function slopesOf(lines: readonly Line[]): Slope[] {
  const families = [...new Set(lines.flatMap(({ family }) => family ?? []))];
  return families.flatMap((family) => {
    const sized = lines
      .flatMap((line) =>
        line.family === family && line.size !== undefined ? [{ size: line.size, row: line.rows[0]! }] : [],
      )
      .sort((a, b) => a.size - b.size);
    const [before, last] = sized.slice(-2);
    if (!before || !last) return [];
    if (!(cpuOf(last.row) > 0 && cpuOf(before.row) > 0)) return [];
    const exponent = Math.log(cpuOf(last.row) / cpuOf(before.row)) / Math.log(last.size / before.size);
    return [{ family, from: before.size, to: last.size, exponent: Math.round(exponent * 100) / 100 }];
  });
}
