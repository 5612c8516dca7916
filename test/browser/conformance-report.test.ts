import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { toHtml, type HistoryEntry, type Report } from '../../src/conformance';
import { BAD_NIGHT, fleetNight, largeNight, nightReport, thirtyNights } from '../support/example-night';
import { describeInBrowser, SCREENSHOTS, startBrowser, type RealBrowser } from './browser';

const REPORTS: Readonly<Record<string, readonly [Report, readonly HistoryEntry[]]>> = {
  red: [nightReport(BAD_NIGHT), thirtyNights()],
  green: [nightReport({}), thirtyNights().slice(0, 20)],
  stopped: [{ ...nightReport({}), complete: false, stopped: 'the deadline of the run was reached' }, []],
  fleet: [fleetNight(), []],
  large: [largeNight(), []],
};
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;

interface View {
  readonly size: keyof typeof SIZES;
  readonly scheme?: 'light' | 'dark';
}

const VIEWS = (['light', 'dark'] as const).flatMap((scheme) => [
  { name: 'red', scheme, size: 'desktop' as const },
  { name: 'red', scheme, size: 'phone' as const },
  { name: scheme === 'light' ? 'green' : 'stopped', scheme, size: 'desktop' as const },
  { name: scheme === 'light' ? 'stopped' : 'green', scheme, size: 'phone' as const },
  { name: 'fleet', scheme, size: scheme === 'light' ? ('desktop' as const) : ('phone' as const) },
]);

describeInBrowser('the page in a real Chromium', () => {
  let real: RealBrowser;
  let page: Page;
  let server: Server;
  let url: string;
  const asked: string[] = [];

  beforeAll(async () => {
    real = await startBrowser();
    page = await real.browser.newPage();
    const rendered: Record<string, string> = {};
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      const name = request.url?.slice(1) ?? '';
      const [report, history] = REPORTS[name] ?? [];
      response.writeHead(report ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
      response.end(report && (rendered[name] ??= toHtml(report, history)));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }, 120_000);

  afterAll(async () => {
    await real?.close();
    await new Promise((done) => server.close(done));
  });

  /** Loads a report, and holds the page to silence: one request, no word on the console. A new page is a new process. */
  async function look({ size, scheme = 'light' }: View, name: string, at: () => Promise<void>): Promise<void> {
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ media: null, colorScheme: scheme });
    const said: string[] = [];
    const onConsole = (message: { text(): string }): void => void said.push(message.text());
    const onError = ({ message }: Error): void => void said.push(message);
    page.on('console', onConsole).on('pageerror', onError);
    asked.length = 0;
    try {
      await page.goto(`${url}/${name}`, { waitUntil: 'load' });
      await at();
    } finally {
      page.off('console', onConsole).off('pageerror', onError);
    }
    expect(said).toEqual([]);
    expect(asked).toEqual([`/${name}`]);
  }

  it.each(['phone', 'desktop'] as const)('keeps the longest name out of its checks on a %s', async (size) => {
    await look({ size }, 'red', async () => {
      const name = page.locator('.matrix tbody th a').first();
      await name.evaluate(
        (link, text) => void (link.textContent = text),
        `proxy.${'mirror-of-everything-'.repeat(11)}io`,
      );
      const [link, cell] = [await name.boundingBox(), await page.locator('.matrix tbody td').first().boundingBox()];
      expect(link!.x + link!.width).toBeLessThanOrEqual(cell!.x);
    });
  });

  it.each(VIEWS)(
    '$name, $scheme, $size: readable by everybody, and quiet',
    async ({ name, scheme, size }) => {
      await look({ size, scheme }, name, async () => {
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${scheme}-${size}.png`) });
        if (name === 'red')
          await page.screenshot({ path: join(SCREENSHOTS, `${name}-${scheme}-${size}-whole.png`), fullPage: true });
        expect(await overflow(page)).toBe(0);
        await page.evaluate(UNFOLD_SOME);
        expect(await violations(page)).toEqual([]);
      });
    },
    60_000,
  );

  it('shows the problem in words first, without scrolling', async () => {
    await look({ size: 'phone' }, 'red', async () => {
      const heading = page.locator('h1');
      expect(await heading.innerText()).toBe(
        'Upstream quay.io refuses the declared credential: M1, S1 failed in proxy.quay.io',
      );
      const box = await heading.boundingBox();
      expect(box!.y + box!.height).toBeLessThan(SIZES.phone.height / 2);
    });
  });

  it('can be used with the keyboard: to the findings, into a cell, and folded parts open', async () => {
    await look({ size: 'desktop' }, 'red', async () => {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(FOCUSED)).toBe('Skip to the results');
      await page.keyboard.press('Enter');
      expect(await page.locator('#not-passed').isVisible()).toBe(true);
      const inside = page.locator('[id="project-proxy.gcr.io--S4a"]');
      expect(await inside.isVisible()).toBe(false);
      await tabTo(page, 'S4a known deviation: the index has another digest in the cache', 'project-proxy.gcr.io--S4a');
      await page.keyboard.press('Enter');
      await inside.waitFor({ state: 'visible' });
      await page.locator(':target').waitFor({ state: 'visible' });
      expect(await page.evaluate(`document.querySelector(':target').getBoundingClientRect().top < innerHeight`)).toBe(
        true,
      );
    });
  });

  it('folds and unfolds a project by keyboard, and shows where the focus is', async () => {
    await look({ size: 'desktop' }, 'red', async () => {
      const project = page.locator('[id="project-proxy.docker.io"]');
      await project.locator('summary').first().focus();
      await page.keyboard.press('Enter');
      expect(await project.getAttribute('open')).not.toBeNull();
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      await page.keyboard.press('Enter');
      expect(await project.getAttribute('open')).toBeNull();
    });
  });

  it('prints with everything unfolded', async () => {
    await look({ size: 'desktop' }, 'red', async () => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('[id="project-proxy.gcr.io--S4a"]').isVisible()).toBe(true);
      expect((await page.pdf({ path: join(SCREENSHOTS, 'red.pdf') })).length).toBeGreaterThan(10_000);
    });
  });

  it('shows a thousand projects with two seconds of work, those with failures first', async () => {
    const work = await workOf(page);
    await look({ size: 'desktop' }, 'large', async () => {
      const seconds = await work();
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(2);
      expect(await page.locator('.matrix').first().locator('tbody tr').count()).toBe(20);
      const well = page.locator('details.well');
      expect(await well.locator('table').isVisible()).toBe(false);
      await well.locator('summary').click();
      await well.locator('tbody tr').first().waitFor({ state: 'visible' });
      expect(await well.locator('tbody tr').count()).toBe(980);
    });
  }, 120_000);

  it('filters by keyboard: only what failed', async () => {
    await look({ size: 'desktop' }, 'red', async () => {
      const rows = page.locator('.matrix tbody tr:visible');
      expect(await rows.count()).toBe(6);
      await page.locator('.show-all').focus();
      await page.keyboard.press('ArrowRight');
      expect(await rows.count()).toBe(3);
    });
  });

  it('shows the history: one bar for each run, and since when something fails', async () => {
    await look({ size: 'desktop' }, 'red', async () => {
      expect(await page.locator('.history rect').count()).toBe(30);
      expect(await page.locator('.finding', { hasText: 'proxy.docker.io' }).first().innerText()).toContain(
        'for 3 runs now, since 2026-11-19 03:00 UTC',
      );
    });
  });
});

/** CPU seconds of the page's thread since now: what else this machine does does not count. */
async function workOf(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const read = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    const found = metrics.find(({ name }) => name === 'TaskDuration');
    if (!found) throw new Error('this browser does not report TaskDuration');
    return found.value;
  };
  const before = await read();
  return async () => (await read()) - before;
}

/** A passed project, one of its checks and the catalogue: what is alike need not be looked at a hundred times. */
const UNFOLD_SOME = `
  for (const one of document.querySelectorAll('details.project')) one.open = false;
  const project = document.querySelectorAll('details.project')[1];
  if (project) project.open = true;
  const check = project?.querySelector('details');
  if (check) check.open = true;
  [...document.querySelectorAll('details.project')].at(-1).open = true;`;

/** How far the page is wider than the window: on a phone nothing but tables may scroll sideways. */
function overflow(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<axe.AxeResults>(`axe.run({ resultTypes: ['violations'] })`);
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
}

const FOCUSED = `document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`;

async function tabTo(page: Page, label: string, target: string): Promise<void> {
  for (let press = 0; press < 400; press += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(`[${FOCUSED}, document.activeElement.getAttribute('href')].join(' ')`);
    if (at === `${label} #${target}`) return;
  }
  throw new Error(`"${label}" cannot be reached with the Tab key`);
}
