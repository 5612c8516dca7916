import { HISTORY_LIMIT, parseHistoryEntry, toHistoryEntry, toHtml, withRun } from '../../../../src/conformance';
import { streakOf } from '../../../../src/conformance/report/history';
import { BAD_NIGHT, nightReport, thirtyNights } from '../../../support/example-night';

const NIGHTS = thirtyNights();
const HOST = 'harbor.example.com';

describe('the history', () => {
  it('keeps the summary of a run, and can be read back from a file', () => {
    const entry = toHistoryEntry(nightReport(BAD_NIGHT));
    expect(entry.conformant).toBe(false);
    expect(entry.subjects.find(({ project }) => project === 'proxy.quay.io')).toMatchObject({
      instance: HOST,
      status: 'fail',
      bad: ['M1', 'S1'],
    });
    expect(parseHistoryEntry(JSON.stringify(entry))).toEqual(entry);
    expect(JSON.stringify(entry).length).toBeLessThan(2_000);
  });

  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['another version', '{"schemaVersion":2,"startedAt":"2026-11-21T03:00:00.000Z","durationMs":1,"subjects":[]}'],
    ['no date', '{"schemaVersion":1,"startedAt":"yesterday","durationMs":1,"subjects":[]}'],
    [
      'an unknown status',
      '{"schemaVersion":1,"startedAt":"2026-11-21T03:00:00.000Z","durationMs":1,"subjects":[{"instance":"x","status":"odd","durationMs":1,"bad":[]}]}',
    ],
  ])('a damaged entry is dropped, and the report is kept: %s', (_name, text) => {
    expect(parseHistoryEntry(text)).toBeUndefined();
  });

  it('is bounded and sorted, and contains a run once', () => {
    const before = NIGHTS.slice(0, -1);
    const more = withRun([...before, ...before, toHistoryEntry(nightReport({}, 31))].reverse(), nightReport(BAD_NIGHT));
    expect(more).toHaveLength(HISTORY_LIMIT);
    expect(more.at(-1)).toEqual(toHistoryEntry(nightReport(BAD_NIGHT)));
    expect(withRun(NIGHTS, nightReport(BAD_NIGHT))).toEqual(NIGHTS);
  });

  it.each([
    ['proxy.docker.io', 'B1', { runs: 3, since: '2026-11-19T03:00:00.000Z' }],
    ['proxy.quay.io', 'M1', { runs: 1, since: '2026-11-21T03:00:00.000Z' }],
    ['proxy.ghcr.io', 'M1', undefined],
  ])('%s %s: for how many runs, and since when', (project, id, streak) => {
    expect(streakOf(NIGHTS, { instance: HOST, project, id })).toEqual(streak);
  });

  it('is drawn on the page, with what was wrong in which night', () => {
    const page = toHtml(nightReport(BAD_NIGHT), NIGHTS);
    expect(page).toContain('Last 30 runs');
    expect(page).toContain('<title>2026-11-20 03:00 UTC: failed (B1), ');
    expect(page).toContain('aria-label="proxy.ghcr.io, last 30 runs: 1 of 30 failed, last 2026-11-01 03:00 UTC"');
    expect(page).toContain('new since the previous run');
    expect(toHtml(nightReport(BAD_NIGHT))).not.toContain('<svg');
  });
});
