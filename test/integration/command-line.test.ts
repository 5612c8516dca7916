import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cli, directoryWith } from '../support/cli';

describe('help', () => {
  it.each([
    ['help', '--help'],
    ['help plan', 'plan --help'],
  ])('is given for `%s` as for `%s`', async (asked, spelledOut) => {
    const given = await cli(asked.split(' '));
    expect(given).toEqual(await cli(spelledOut.split(' ')));
    expect(given).toMatchObject({ code: 0, out: expect.stringContaining('Usage: breakwater') as string });
  });

  it("lists a command's own options first, and shows no empty default", async () => {
    const { out } = await cli(['plan', '--help']);
    expect(out.indexOf('--mode')).toBeLessThan(out.indexOf('--no-color'));
    expect(out).toContain('(default: "policies")');
    expect(out).not.toMatch(/default:\s+(false|\[\])/);
  });
});

describe('a web server that is not Harbor', () => {
  it('is reported as such, and no log of Harbor is mentioned', async () => {
    const server = createServer((_, response) => response.writeHead(404).end('<html><title>Shop</title></html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    const directory = directoryWith({
      'a.yaml': `harbor: { url: '${url}', username: admin, password: { env: P } }\nprojects: { a: {} }\n`,
    });
    try {
      const { code, err } = await cli(['plan', '--policies', directory], { P: 'secret' });
      expect(code).toBe(1);
      expect(err).toMatch(/an HTML page titled "Shop" instead of Harbor's JSON/);
      expect(err).toMatch(/hint: check that the URL is a Harbor; if it is, Harbor's log has details: request id/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

it.each(['demo', 'sandbox'])('%s accepts only valid factors of time', async (command) => {
  for (const value of ['abc', '0', '-1', 'Infinity']) {
    const { code, err } = await cli([command, '--time-scale', value]);
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('Must be a number above 0') as string });
  }
});

describe('breakwater sandbox', () => {
  it('reports that its port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const port = String((server.address() as AddressInfo).port);
    try {
      const { code, err } = await cli(['sandbox', '--port', port]);
      expect(code).toBe(1);
      expect(err).toMatch(/^error\[USAGE\]: the sandbox cannot listen: .*EADDRINUSE.*\n {2}hint: .*--port/);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('accepts only valid ports', async () => {
    const { code, err } = await cli(['sandbox', '--port', '65536']);
    expect(code).toBe(1);
    expect(err).toMatch(/--port <number>.*between 0 and 65535/);
  });
});
