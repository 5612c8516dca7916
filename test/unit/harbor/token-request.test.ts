import { HarborApiError } from '../../../src/errors';
import { errorOf, withClient } from './support/client';
import { sendHtml, sendJson, type Script } from './support/scripted-server';

const NAME = 'robot$ci';
const SECRET = 'Asked-About-1';

it.each<[what: string, script: Script, accepted: boolean]>([
  ['a token', (_request, response) => sendJson(response, { token: 'a.b.c', access_token: '' }), true],
  ['401 with an empty body', (_request, response) => void response.writeHead(401).end(), false],
])('status %s: accepted is %s', async (_what, script, accepted) => {
  await withClient(script, {}, async ({ client, server }) => {
    expect(await client.accepts(NAME, SECRET)).toBe(accepted);
    const [{ path, query, headers }] = server.seen as [(typeof server.seen)[0]];
    expect([path, Object.fromEntries(query)]).toEqual(['/service/token', { service: 'harbor-registry' }]);
    expect(headers.authorization).toBe(`Basic ${Buffer.from(`${NAME}:${SECRET}`).toString('base64')}`);
    expect(server.seen).toHaveLength(1);
  });
});

it.each<[what: string, script: Script]>([
  ['a 401 of a proxy', (_request, response) => sendHtml(response, 'Authorization Required', 401)],
  ['a login page', (_request, response) => sendHtml(response, 'Log in')],
  ['a refusal of the service', (_request, response) => void response.writeHead(400).end('Unable to handle service')],
  ['something that echoes the secret', (_request, response) => void response.writeHead(403).end(SECRET)],
])('does not accept %s as a token', async (_what, script) => {
  await withClient(script, {}, async ({ client }) => {
    const error = await errorOf(client.accepts(NAME, SECRET));
    expect(error).toBeInstanceOf(HarborApiError);
    expect(error.message).not.toContain(SECRET);
  });
});
