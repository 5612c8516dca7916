import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** Where CI keeps what a person may want to look at. */
export const SCREENSHOTS = resolve(__dirname, '..', '..', 'out', 'screenshots');

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface RealBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/** `describe` where there is a Chromium. In CI its absence fails, elsewhere a line says what to install. */
export function describeInBrowser(name: string, tests: () => void): void {
  if (onPath('chromium') !== undefined) return describe(name, tests);
  const hint = 'chromium not found: apt-get install chromium';
  if (process.env['CI']) return it(name, () => Promise.reject(new Error(hint)));
  process.stderr.write(`skipped: ${name}: ${hint}\n`);
  describe.skip(name, tests);
}

/** Debian's Chromium with a profile of its own. */
export async function startBrowser(): Promise<RealBrowser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'breakwater-browser-'));
  const browser = await chromium.launch({
    executablePath: onPath('chromium')!,
    args: FLAGS,
    env: { ...process.env, HOME: home },
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function onPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
