import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store, StoreState } from './store';

const FILE = 'state.json';
/** Changes are collected for this long: writing the whole state after each of 1,000 creations would be quadratic. */
const GATHER_MS = 100;

/**
 * `undefined` for a new directory.
 * @throws Error if the file exists and is not readable or not JSON: starting empty would overwrite it
 */
export function loadState(dataDir: string): StoreState | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as StoreState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${join(dataDir, FILE)} cannot be read`, { cause: error });
  }
}

/** Keeps `state.json` of a data directory up to date; each version replaces the last by a rename. */
export class StateWriter {
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataDir: string,
    private readonly store: () => Store,
  ) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  }

  readonly changed = (): void => {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.writing = this.writing.then(() => this.write());
    }, GATHER_MS);
  };

  /** Writes pending changes. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.writing;
    const temporary = this.temporaryPath();
    writeFileSync(temporary, this.text(), { mode: 0o600 });
    renameSync(temporary, join(this.dataDir, FILE));
  }

  /**
   * Renamed at the end: a killed sandbox leaves the earlier state, never half of one. Secrets are in it, so
   * only the owner may read it.
   */
  private async write(): Promise<void> {
    const temporary = this.temporaryPath();
    await writeFile(temporary, this.text(), { mode: 0o600 });
    await rename(temporary, join(this.dataDir, FILE));
  }

  private text(): string {
    return JSON.stringify(this.store().snapshot());
  }

  private temporaryPath(): string {
    return join(this.dataDir, `${FILE}.tmp`);
  }
}
