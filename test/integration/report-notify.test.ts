import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { toJson, type Report } from '../../src/conformance';
import { BAD_NIGHT, nightReport } from '../support/example-night';
import { cli, directoryWith } from '../support/cli';

interface Received {
  readonly url: string;
  readonly body: string;
}

describe('report notify', () => {
  let server: Server;
  let url: string;
  let statuses: number[] = [];
  let answers: ((response: ServerResponse) => void)[] = [];
  const received: Received[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ url: request.url ?? '', body });
        const answer = answers.shift();
        if (answer) answer(response);
        else response.writeHead(statuses.shift() ?? 200, { 'retry-after': '0' }).end('ok');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/5eCr3t-Path`;
  });
  afterAll(() => new Promise((done) => server.close(done)));
  beforeEach(() => {
    received.length = 0;
    statuses = [];
    answers = [];
  });

  function night(report: Report, root = directoryWith({})): { root: string; file: string; state: string } {
    const file = join(root, 'report.json');
    writeFileSync(file, toJson(report));
    return { root, file, state: join(root, 'state', 'told.json') };
  }

  const tell = (file: string, state: string, ...more: string[]) =>
    cli(['report', 'notify', file, '--state', state, ...more], { BREAKWATER_NOTIFY_URL: url });

  it('notifies once about a bad night, not about an identical one, and about its end', async () => {
    const { root, file, state } = night(nightReport(BAD_NIGHT));
    expect((await tell(file, state)).code).toBe(0);
    expect((await tell(file, state)).err).toContain('nothing changed since the last notice');
    expect(received).toHaveLength(1);
    const told = JSON.parse(received[0]!.body) as Record<string, unknown>;
    expect(told).toMatchObject({
      schemaVersion: 1,
      state: 'fail',
      verdict: expect.stringMatching(/^FAILED: 3 of 6 projects/),
      worst: expect.stringMatching(/^Upstream quay\.io refuses/),
      causes: [{ kind: 'upstream-credential', rank: 'outage', projects: ['proxy.quay.io'] }, {}, {}],
    });
    night(nightReport({}), root);
    expect((await tell(file, state)).code).toBe(0);
    expect(JSON.parse(received[1]!.body)).toMatchObject({ state: 'pass', causes: [] });
  });

  it('does not notify about a passed first night without --always', async () => {
    const { file, state } = night(nightReport({}));
    expect((await tell(file, state)).code).toBe(0);
    expect(received).toEqual([]);
    expect((await tell(file, state, '--always')).code).toBe(0);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['slack', (body: Record<string, unknown>) => body['text']],
    ['teams', (body: Record<string, unknown>) => JSON.stringify(body['attachments'])],
  ])('writes the format of %s, with a link', async (shape, textOf) => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    await tell(file, state, '--as', shape, '--link', 'https://ci.example.com/report.html');
    expect(textOf(JSON.parse(received[0]!.body) as Record<string, unknown>)).toContain('FAILED: 3 of 6 projects');
    expect(received[0]!.body).toContain('https://ci.example.com/report.html');
  });

  it('tries again if the webhook is busy, and remembers nothing if it refuses', async () => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    statuses = [503, 429, 200];
    expect((await tell(file, state)).code).toBe(0);
    expect(received).toHaveLength(3);
    const refused = night(nightReport(BAD_NIGHT));
    statuses = [403];
    const { code, err } = await tell(refused.file, refused.state);
    expect(code).not.toBe(0);
    expect(err).toMatch(/the webhook at 127\.0\.0\.1:\d+ returned 403/);
    expect(err).not.toContain('5eCr3t');
    expect(existsSync(refused.state)).toBe(false);
  });

  it('sends a notice once to a webhook with a long and slow response', async () => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    answers = [
      (response) => {
        response.writeHead(200);
        const more = setInterval(() => response.write(Buffer.alloc(1 << 16)), 5);
        response.once('close', () => clearInterval(more));
      },
    ];
    expect((await tell(file, state)).code).toBe(0);
    expect(received).toHaveLength(1);
    expect((await tell(file, state)).err).toContain('nothing changed');
  });

  const PAGE = '<!-- sso --><!DOCTYPE html>\n<html><title>Log in</title></html>';
  const TEAMS = 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error';
  it.each<[what: string, type: string, body: string, times: number, message: RegExp]>([
    ['a login page', 'text/html', PAGE, 1, /returned 200 with an HTML page/],
    ['a page without a type', '', '<html lang="en">', 1, /returned 200 with an HTML page/],
    [
      'an error of Teams',
      'text/plain',
      `${TEAMS} 400 with ContextId x`,
      1,
      /returned 200: Webhook message .* HTTP error 400/,
    ],
    [
      'a busy Teams',
      'text/plain',
      `${TEAMS} 429 with ContextId x`,
      4,
      /returned 200: Webhook message .* HTTP error 429/,
    ],
    [
      "an error of a chat's API",
      'application/json',
      '{"error":"no_channel","ok":false}',
      1,
      /returned 200 with "ok": false/,
    ],
  ])('does not take %s with status 200 for a receipt', async (_what, type, body, times, message) => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    const answer = (response: ServerResponse): void =>
      void response.writeHead(200, { 'retry-after': '0', ...(type && { 'content-type': type }) }).end(body);
    answers = Array.from({ length: times }, () => answer);
    const { code, err } = await tell(file, state);
    expect([code, received.length, existsSync(state)]).toEqual([8, times, false]);
    expect(err).toMatch(message);
    expect(err).not.toContain('5eCr3t');
  });

  it.each([
    ['Slack', 200, 'text/html', 'ok'],
    ['Teams', 202, '', ''],
    ['an older Teams', 200, 'text/plain', '1'],
    ['Rocket.Chat', 200, 'application/json', '{"success":true}'],
    ['a receiver that repeats the notice', 200, 'application/json', '{"data":{"ok":false,"html":"<html>"}}'],
  ])('takes the answer of %s for a receipt', async (_who, status, type, body) => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    answers = [(response) => void response.writeHead(status, type ? { 'content-type': type } : {}).end(body)];
    expect((await tell(file, state)).code).toBe(0);
    expect([received.length, existsSync(state)]).toEqual([1, true]);
  });

  it('takes a response that breaks after a success for a receipt', async () => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    answers = [
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('ok', () => response.destroy());
      },
    ];
    expect((await tell(file, state)).code).toBe(0);
    expect(received).toHaveLength(1);
  });

  it('follows no redirect with a notice', async () => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    answers = [(response) => void response.writeHead(307, { location: '/elsewhere' }).end()];
    const { code, err } = await tell(file, state);
    expect(code).not.toBe(0);
    expect(err).toContain('returned 307');
    expect(received.map((one) => one.url)).toEqual(['/services/T0/5eCr3t-Path']);
    expect(existsSync(state)).toBe(false);
  });

  it('names no path of a webhook that cannot be reached', async () => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    const { err } = await cli(['report', 'notify', file, '--state', state, '--to', 'ftp://x/5eCr3t-Path'], {});
    expect(err).toContain('the webhook is not a URL');
    expect(err).not.toContain('5eCr3t');
  });

  it('keeps names unchanged, and robots unmasked', async () => {
    const { file, state } = night(nightReport(BAD_NIGHT));
    await tell(file, state);
    expect(received[0]!.body).toContain('robot$puller');
    expect(readFileSync(state, 'utf8')).not.toContain('5eCr3t');
  });
});
