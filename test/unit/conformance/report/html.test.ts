import { toHtml, type CheckResult } from '../../../../src/conformance';
import { escapeMarkup, html } from '../../../../src/conformance/report/markup';
import { BAD_NIGHT, nightReport, type Night } from '../../../support/example-night';
import { EXAMPLE } from './example-report';

/** The same of every project. */
function everywhere(id: string, result: Partial<CheckResult>): Night {
  const names = nightReport({}).projects.map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [`${name}/${id}`, result]));
}

describe('the HTML report', () => {
  const page = toHtml(EXAMPLE);

  it('loads nothing and runs nothing', () => {
    expect(page).not.toMatch(/<(script|img|iframe|object|embed|form)\b/i);
    expect(page.match(/<link\b[^>]*>/g)).toEqual(['<link rel="icon" href="data:," />']);
    expect(page).not.toMatch(/\son\w+=|javascript:|@import|url\(/i);
    expect(page).toContain(
      `content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"`,
    );
  });

  it('shows the response of a server as text', () => {
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
    expect(page).toContain('&lt;b&gt;7&lt;/b&gt;');
  });

  it('shows response, duration and id of every request, on request also of passed checks', () => {
    const night = toHtml(nightReport(BAD_NIGHT), [], { details: 'all' });
    const requests = nightReport(BAD_NIGHT).results.flatMap((result) => result.requests);
    const passed = [
      ...night.matchAll(/<li>\s*(GET|HEAD)\s+\/v2\S+\s+200\s+\d+ ms\s+[\d.]+ [KM]?i?B\s+bw-\d\s*<\/li>/g),
    ];
    const others = [...nightReport(BAD_NIGHT).results].filter(({ status }) => status !== 'pass');
    expect(passed).toHaveLength(requests.length - others.flatMap((result) => result.requests).length);
    expect(passed.length).toBeGreaterThan(50);
  });

  it('omits details of passed checks by default, and reports it', () => {
    const night = toHtml(nightReport(BAD_NIGHT));
    expect(night).not.toContain('class="mono lines"');
    expect(night).toContain('--details all');
    expect(night.length).toBeLessThan(toHtml(nightReport(BAD_NIGHT), [], { details: 'all' }).length / 2);
  });

  it('shows projects with failures first, and no column in which everything is skipped', () => {
    const night = toHtml(nightReport({ ...BAD_NIGHT, ...everywhere('S4b', { status: 'skip', message: 'only deep' }) }));
    const names = [...night.matchAll(/<th scope="row">(?:<a[^>]*>)?([^<]+)/g)].map((match) => match[1]);
    expect(names.slice(0, 3).sort()).toEqual([
      'proxy.a-registry-with-a-very-long-name.internal.example.com',
      'proxy.docker.io',
      'proxy.quay.io',
    ]);
    expect(night).toMatch(/Skipped in every project: <a href="#check-S4b"/);
    expect(night).not.toMatch(/<th scope="col"[^>]*>\s*<a href="#check-S4b"/);
    expect(night).toContain('class="show-bad"');
  });

  it('folds known deviations', () => {
    expect(toHtml(nightReport(BAD_NIGHT))).toMatch(/<details class="known">\s*<summary>1 known deviation of Harbor/);
  });

  it('links every cell to its finding', () => {
    const targets = [...page.matchAll(/href="#([^"]+)"/g)].map((match) => match[1]!);
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]!);
    expect(targets.length).toBeGreaterThan(8);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows the verdict in words, and problems before anything else', () => {
    expect(page).toContain('<h1>B1 failed in proxy.docker.io: blob sha256:abababababab…: ');
    expect(page.indexOf('<h1>')).toBeLessThan(page.indexOf('<main>'));
    expect(page.indexOf('class="finding')).toBeLessThan(page.indexOf('class="matrix"'));
  });

  it('shows a known deviation once, with links to every project that has it', () => {
    const [deviation] = EXAMPLE.results.filter(({ status }) => status === 'known-deviation');
    const results = EXAMPLE.results.map((result) =>
      result.project === 'private' && result.id === 'S4a' ? { ...deviation!, project: 'private' } : result,
    );
    const told = toHtml({ ...EXAMPLE, results });
    expect(told.match(/class="finding card known-deviation"/g)).toHaveLength(1);
    expect(told).toContain('The same for <a href="#project-private--S4a">private</a>');
  });

  it('shows a digest that differs from the requested one', () => {
    expect(page).toMatch(new RegExp(`<span class="bad"\\s*>sha256:${'cd'.repeat(32)}`));
  });
});

describe('html', () => {
  it('escapes inserted values, not its own markup', () => {
    expect(html`<p title="${'"'}">${['<', html`<b>${'&'}</b>`]}${undefined}${false}${0}</p>`.text).toBe(
      '<p title="&quot;">&lt;<b>&amp;</b>0</p>',
    );
  });
});

describe('escapeMarkup', () => {
  it.each([
    ['a\tb\nc', 'a\tb\nc'],
    ['\u0000\u001b', '\u2400\u241b'],
    ['\u007f\u0085\ufffe', '\ufffd\ufffd\ufffd'],
    ['\ud800x', '\ufffdx'],
    ['😀', '😀'],
    [`<'&">`, '&lt;&#39;&amp;&quot;&gt;'],
  ])('%j', (text, expected) => expect(escapeMarkup(text)).toBe(expected));
});
