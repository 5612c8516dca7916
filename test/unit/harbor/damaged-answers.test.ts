import { HarborApiError } from '../../../src/errors';
import { parseBody } from '../../../src/harbor/answer';
import { integer, key, object, text } from '../../../src/shape';
import { errorOf, withClient } from './support/client';
import type { Script } from './support/scripted-server';

const body =
  (content: string, status = 200): Script =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(content);
const shape = object<{ id: number; name: string }>({ id: integer, name: key(text) });
const DEEP = 1_000_000;

describe("a response that is not Harbor's is an error with its URL", () => {
  it.each([
    ['brackets without end', '['.repeat(DEEP)],
    ['lists in lists', '['.repeat(DEEP) + ']'.repeat(DEEP)],
    ['objects in objects', '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP)],
    ['deep behind something harmless', `{"name":"\\"[[[","x":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`],
  ])('%s', (_name, content) =>
    withClient(body(content), {}, async ({ client, server }) => {
      for (const asked of [client.get('/x', { shape }), client.list('/x'), client.find('/x')]) {
        const error = await errorOf(asked);
        expect(error).toBeInstanceOf(HarborApiError);
        expect(error.message).toContain(`GET ${server.url}/api/v2.0/x`);
        expect(error.message).toContain('nested too deep');
      }
    }),
  );

  it.each([
    ['a list', '[{"id":1}]'],
    ['a list of null', '[null]'],
    ['a number', '7'],
    ['a word', '"ok"'],
    ['null', 'null'],
    ['a switch', 'true'],
  ])('%s instead of an object', (_name, content) =>
    withClient(body(content), {}, async ({ client, server }) => {
      const error = await errorOf(client.get('/projects/x', { shape }));
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toContain(`GET ${server.url}/api/v2.0/projects/x`);
      expect(error.message).toContain('instead of an object');
    }),
  );

  it.each([
    ['204', '', 204],
    ['an object', '{"id":1}', 200],
    ['a word', '"none"', 200],
    ['a number', '1', 200],
  ])('%s instead of a list', (_name, content, status) =>
    withClient(body(content, status), {}, async ({ client, server }) => {
      const error = await errorOf(client.list('/registries'));
      expect(error).toBeInstanceOf(HarborApiError);
      expect(error.message).toContain(`GET ${server.url}/api/v2.0/registries`);
      expect(error.message).toContain('instead of a list');
    }),
  );

  it('as deep as Harbor nests is read', () => {
    const nested = '['.repeat(50) + ']'.repeat(50);
    expect(parseBody(nested, 'application/json')).toMatchObject({ broken: false, json: expect.anything() });
  });
});

/** Each took minutes where an expression began again at every character. */
describe('an answer of 32 MiB takes no longer than it takes to read', () => {
  const SIZE = 31 * 2 ** 20;
  it.each(['<title', '<title>', '<', ' <', '<title '])('an HTML page of %j', (unit) =>
    withClient(
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/html' }).end(unit.repeat(SIZE / unit.length)),
      {},
      async ({ client }) => {
        const startedAt = performance.now();
        expect((await errorOf(client.get('/x'))).message).toContain('HTML page');
        expect(performance.now() - startedAt).toBeLessThan(10_000);
      },
    ),
  );
});
