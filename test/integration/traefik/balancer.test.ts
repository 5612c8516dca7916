import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { makePrivateCa } from '../../unit/harbor/support/private-ca';
import { Behind, PUBLIC_PROJECT, TLS_FILES, type Edge } from './behind';
import { describeWithTraefik } from './traefik';

const CLIENT = '192.0.2.7';
const HERE = '127.0.0.0/8';
/** A network in which neither the client nor the balancer is. */
const ELSEWHERE = '198.51.100.0/24';
const HUB = { certificate: '/etc/harbor/hub/tls.crt', key: '/etc/harbor/hub/tls.key' };

/** A request as a TCP balancer hands it on: the PROXY protocol, then the client's own TLS. The status it is answered with. */
async function askThroughProxy({ traefik }: Edge, ca: string, servername: string): Promise<number> {
  const socket = connect(traefik.httpsPort, '127.0.0.1');
  try {
    socket.write(`PROXY TCP4 ${CLIENT} 127.0.0.1 40000 443\r\n`);
    const tls = connectTls({ socket, ca, servername });
    tls.write(`GET /v2/ HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of tls) text += String(chunk);
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
  } finally {
    socket.destroy();
  }
}

describeWithTraefik('the edge behind a balancer, with a real Traefik', () => {
  let behind: Behind;
  const mirror = { hostname: '127.0.0.1', project: PUBLIC_PROJECT };
  beforeAll(async () => void (behind = await Behind.start('https://localhost')));
  afterAll(() => behind?.close());
  beforeEach(() => void (behind.requests = []));

  const seen = (): unknown => behind.requests.at(-1)?.headers['x-forwarded-for'];

  it.each([
    ['is believed about the client', HERE, `${CLIENT}, 127.0.0.1`],
    ['is not believed from another network', ELSEWHERE, '127.0.0.1'],
  ])('that sends X-Forwarded-For %s', async (_, trusted, expected) => {
    const edge = await behind.edge({ proxies: { trusted: [trusted], protocol: 'headers' } });
    await edge.ask(`${edge.harbor}/v2/`, { headers: { 'x-forwarded-for': CLIENT } });
    expect(seen()).toBe(expected);
    expect(edge.traefik.complaints()).toEqual([]);
  });

  it('that sends the PROXY protocol is trusted about the client', async () => {
    const edge = await behind.edge({ proxies: { trusted: [HERE], protocol: 'proxy' } });
    expect(await askThroughProxy(edge, behind.authority.ca, 'localhost')).toBe(401);
    expect(seen()).toBe(CLIENT);
    expect(edge.traefik.complaints()).toEqual([]);
  });

  it.each([
    [[`${CLIENT}/32`], 200],
    [[HERE], 403],
  ])('lets the clients of %j use a mirror, with status %i for ours', async (allow_from, status) => {
    const proxies = { trusted: [HERE], protocol: 'headers' } as const;
    const edge = await behind.edge({ proxies, mirrors: [{ ...mirror, allow_from }] });
    const answer = await edge.ask(`${edge.mirror}/v2/`, { headers: { 'x-forwarded-for': CLIENT } });
    expect(answer.status === 403 ? 403 : 200).toBe(status);
  });

  it('shows a mirror’s own certificate under its name, and the other one elsewhere', async () => {
    const own = makePrivateCa('DNS:hub.mirror.test');
    const hostFiles = { [HUB.certificate]: own.cert, [HUB.key]: own.key };
    const mirrors = [{ ...mirror, hostname: 'hub.mirror.test', files: HUB }];
    const edge = await behind.edge({ certificate: { files: TLS_FILES }, mirrors }, { hostFiles });
    const ask = { servername: 'hub.mirror.test', headers: { host: 'hub.mirror.test' } };
    expect((await edge.ask(`${edge.harbor}/v2/`, { ...ask, ca: own.ca })).status).toBeLessThan(500);
    await expect(edge.ask(`${edge.mirror}/v2/`, { ca: own.ca })).rejects.toThrow(/unable to verify|self-signed/);
    expect(edge.traefik.complaints()).toEqual([]);
  });
});
