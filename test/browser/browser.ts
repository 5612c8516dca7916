import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';

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
  open(options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Debian's Chromium with a profile of its own. @throws Error where there is none on PATH */
export async function startBrowser(): Promise<RealBrowser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const home = mkdtempSync(join(tmpdir(), 'breakwater-browser-'));
  const browser = await chromium.launch({
    executablePath: onPath('chromium'),
    args: FLAGS,
    env: { ...process.env, HOME: home },
  });
  return {
    browser,
    open: (options) => browser.newContext(options),
    async close() {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function onPath(program: string): string {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(isExecutable);
  if (found === undefined) throw new Error(`${program} is not on PATH: apt-get install ${program}`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
