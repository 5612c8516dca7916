/** The cost of one run of a program. */
export interface Usage {
  readonly elapsedMs: number;
  /** User and system time, including its children. */
  readonly cpuMs: number;
  /** Peak memory of the process itself. 0: not measured. */
  readonly maxRssMebibytes: number;
}

/** One program and one piece of work. */
export interface Row {
  readonly name: string;
  /** The cost of each run, in their order. */
  readonly runs: readonly Usage[];
  /** Why there is no figure. */
  readonly failed?: string;
  /** Counted in a separate run without timing. Absent: not counted. */
  readonly requests?: number;
  /** The same over TLS with a private CA. */
  readonly overTls?: readonly Usage[];
}

/** A piece of work, and the programs that do it. Ours is the first. */
export interface Line {
  readonly id: string;
  readonly title: string;
  /** Bytes that each program reads, if speed is measured. */
  readonly bytes?: number;
  /** Objects, for the slope over several sizes. */
  readonly size?: number;
  /** Lines of one family are the same work in several sizes. */
  readonly family?: string;
  /** Set if these figures are from another run than the others. */
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
  /** Load at the start of the bench: above 0.5 only the CPU times are meaningful. */
  readonly loadAtStart: number;
  readonly versions: readonly string[];
  /** Programs that are not installed and were not measured. */
  readonly absent: readonly string[];
  readonly lines: readonly Line[];
}

/** The median, so that a single disturbed run does not count. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export function medianMs({ runs }: Pick<Row, 'runs'>): number {
  return median(runs.map(({ elapsedMs }) => elapsedMs));
}

export function cpuOf({ runs }: Pick<Row, 'runs'>): number {
  return median(runs.map(({ cpuMs }) => cpuMs));
}

/** The growth of the work with its size: 1 is proportional. Undefined if only one size was measured. */
export interface Slope {
  readonly family: string;
  readonly from: number;
  readonly to: number;
  /** The slope of the logarithms of CPU time over size, between the two largest sizes. */
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
