import { execFileSync } from 'node:child_process';
import { ask } from './ask';
import { Behind, eventually, PUBLIC_PROJECT, type Edge } from './behind';
import { describeWithTraefik } from './traefik';

describeWithTraefik('the edge, with a real Traefik', () => {
  let behind: Behind;
  beforeAll(async () => void (behind = await Behind.start('https://localhost')));
  afterAll(() => behind?.close());
  beforeEach(() => void (behind.requests = []));

  describe('in front of Harbor', () => {
    let edge: Edge;
    beforeAll(async () => {
      const mirrors = [{ hostname: '127.0.0.1', project: PUBLIC_PROJECT }];
      edge = await behind.edge({ metrics: { address: '127.0.0.1:9100' }, mirrors });
    });

    it('accepts its whole configuration without a warning', () => {
      expect(edge.traefik.complaints()).toEqual([]);
    });

    it.each([
      ['PUT', 308],
      ['PATCH', 308],
      ['POST', 308],
      ['HEAD', 308],
      ['GET', 301],
    ])('redirects a %s over HTTP with %i', async (method, expected) => {
      const { status, headers } = await ask(`http://localhost:${edge.traefik.httpPort}/v2/a?b=c%2Fd`, { method });
      expect([status, headers.location]).toEqual([expected, 'https://localhost/v2/a?b=c%2Fd']);
    });

    it('redirects only names that it serves', async () => {
      const headers = { host: 'elsewhere.example.net' };
      expect(await ask(`http://localhost:${edge.traefik.httpPort}/`, { headers })).toMatchObject({ status: 404 });
      expect(await edge.ask(`${edge.harbor}/`, { headers, servername: 'localhost' })).toMatchObject({ status: 404 });
    });

    it('offers only TLS 1.2 and 1.3, with the certificate of the file', async () => {
      const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      await expect(edge.ask(`${edge.harbor}/`, old)).rejects.toThrow(/protocol version/);
      const cbc = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' } as const;
      await expect(edge.ask(`${edge.harbor}/`, cbc)).rejects.toThrow(/handshake failure/);
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
        expect(await edge.ask(`${edge.harbor}/v2/`, { maxVersion: version, minVersion: version })).toMatchObject({
          status: 401,
        });
    });

    it('sends HSTS for Harbor alone', async () => {
      const { headers } = await edge.ask(`${edge.harbor}/api/v2.0/ping`);
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      expect((await edge.ask(`${edge.mirror}/v2/`)).headers['strict-transport-security']).toBeUndefined();
    });

    it.each(['%252F', '%2F'])('passes on a path with %s unchanged', async (slash) => {
      const path = `/api/v2.0/projects/${PUBLIC_PROJECT}/repositories/library${slash}none/artifacts`;
      await edge.ask(`${edge.harbor}${path}`);
      expect(behind.requests.map(({ target }) => target)).toEqual([path]);
    });

    it('trusts no client about its address', async () => {
      const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http', 'x-real-ip': '192.0.2.1' };
      await edge.ask(`${edge.harbor}/v2/`, { headers });
      expect(behind.requests[0]?.headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
        'x-real-ip': '127.0.0.1',
      });
    });

    it.each(['%00', '%5C'])('refuses a path with %s', async (character) => {
      expect((await edge.ask(`${edge.harbor}/api/v2.0/a${character}b`)).status).toBe(400);
      expect(behind.requests).toEqual([]);
    });

    it('has no API and no dashboard, on any of its ports', async () => {
      const { httpPort, httpsPort, pingPort, metricsPort } = edge.traefik;
      behind.requests = [];
      for (const port of [httpPort, pingPort, metricsPort])
        for (const path of ['/api/rawdata', '/dashboard/'])
          expect((await ask(`http://127.0.0.1:${port}${path}`)).status).toBe(port === httpPort ? 301 : 404);
      expect((await edge.ask(`https://127.0.0.1:${httpsPort}/dashboard/`)).status).toBe(404);
      expect(behind.requests).toEqual([]);
    });

    it('counts by router at the metrics port', async () => {
      await edge.ask(`${edge.harbor}/v2/`);
      const { body } = await ask(`http://127.0.0.1:${edge.traefik.metricsPort}/metrics`);
      expect(body).toMatch(/traefik_router_requests_total\{.*router="harbor@file"/);
    });

    it('is healthy for its own health check', () => {
      const flags = ['--ping.entryPoint=ping', `--entryPoints.ping.address=127.0.0.1:${edge.traefik.pingPort}`];
      expect(execFileSync('traefik', ['healthcheck', ...flags], { encoding: 'utf8' })).toContain('OK');
    });

    it('logs no credential', async () => {
      await edge.ask(`${edge.harbor}/v2/`, { headers: { authorization: 'Basic Q2FuYXJ5LTVlQ3IzdA==' } });
      const logged = await eventually(
        () => edge.traefik.log(),
        (log) => log.includes('"RequestPath":"/v2/"'),
      );
      expect(logged).toContain('"RequestPath":"/v2/"');
      expect(logged).not.toContain('Q2FuYXJ5LTVlQ3IzdA');
    });
  });

  describe('an upload', () => {
    /** Longer than a second on the way: what takes minutes at a registry, in short. */
    async function upload(edge: Edge): Promise<number> {
      const authorization = `Basic ${Buffer.from('admin:Harbor12345').toString('base64')}`;
      async function* slowly() {
        for (let part = 0; part < 4; part++) {
          yield Buffer.alloc(64 << 10, part);
          await new Promise((resolve) => setTimeout(resolve, 700));
        }
      }
      const begun = await edge.ask(`${edge.harbor}/v2/library/pushed/blobs/uploads/`, {
        method: 'POST',
        headers: { authorization },
      });
      expect(begun.status).toBe(202);
      const location = new URL(begun.headers.location ?? '', edge.harbor);
      const url = `${edge.harbor}${location.pathname}${location.search}`;
      const headers = { authorization, 'content-type': 'application/octet-stream' };
      const patch = { method: 'PATCH', headers, body: slowly() };
      return edge.ask(url, patch).then(
        ({ status }) => status,
        () => 0,
      );
    }

    it('is not cut by Traefik, however long it takes', async () => {
      expect(await upload(await behind.edge())).toBe(202);
    });

    it('would be cut by a read timeout, which is 60 s by default', async () => {
      const flags = (flag: string): string => flag.replace(/(readTimeout)=0$/, '$1=1s');
      expect(await upload(await behind.edge({}, { flags }))).not.toBe(202);
    });
  });
});
