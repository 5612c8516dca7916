import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { handshake } from '../../../src/oci';
import { makePrivateCa, type PrivateCa } from '../harbor/support/private-ca';

describe('a TLS handshake that is looked at', () => {
  let ca: PrivateCa;
  let server: Server;
  let port: number;

  beforeAll(async () => {
    ca = makePrivateCa();
    server = createServer({ cert: ca.cert, key: ca.key }, (_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('shows protocol, names and end, and no problem if the CA is known', async () => {
    const shown = await handshake(new URL(`https://localhost:${port}`), { ca: ca.ca });
    expect(shown).toMatchObject({ protocol: 'TLSv1.3', subject: 'localhost', issuer: 'Private CA' });
    expect(shown).not.toHaveProperty('chainProblem');
    expect(shown).not.toHaveProperty('nameProblem');
    const daysLeft = (shown.notAfterMs - Date.now()) / 86_400_000;
    expect(daysLeft).toBeGreaterThan(1.9);
    expect(daysLeft).toBeLessThanOrEqual(2);
  });

  it('reports what a client without the CA would report', async () => {
    const shown = await handshake(new URL(`https://127.0.0.1:${port}`));
    expect(shown.chainProblem).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|UNABLE_TO_GET_ISSUER/);
    expect(shown).not.toHaveProperty('nameProblem');
  });

  it('distinguishes a wrong name from a wrong chain', async () => {
    const other = makePrivateCa('DNS:other.example.com');
    const elsewhere = createServer({ cert: other.cert, key: other.key });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const url = new URL(`https://localhost:${(elsewhere.address() as AddressInfo).port}`);
    const shown = await handshake(url, { ca: other.ca });
    await new Promise((resolve) => elsewhere.close(resolve));
    expect(shown.nameProblem).toMatch(/localhost/);
    expect(shown).not.toHaveProperty('chainProblem');
  });

  it('rejects if nothing listens, and when it is stopped', async () => {
    await expect(handshake(new URL('https://127.0.0.1:1'))).rejects.toThrow(/ECONNREFUSED/);
    const stop = new AbortController();
    const waiting = handshake(new URL('https://192.0.2.1'), { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toThrow(/stopped|ENETUNREACH|EHOSTUNREACH/);
  });
});
