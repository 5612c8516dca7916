import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AcmeCertificate } from '../../../src/deploy/edge/acme-schema';
import { makePrivateCa } from '../../unit/harbor/support/private-ca';
import { Behind, eventually, TLS_FILES } from './behind';
import { describeWithTraefik } from './traefik';

const CLIENT_CA = '/etc/harbor/tls/clients.crt';

describeWithTraefik('the certificates of the edge, with a real Traefik', () => {
  // Of the same kind as the server's: what counts is who signed it.
  const clients = makePrivateCa();
  const strangers = makePrivateCa();
  let behind: Behind;
  beforeAll(async () => void (behind = await Behind.start('https://localhost')));
  afterAll(() => behind?.close());

  it('loads renewed files on SIGHUP, not before', async () => {
    const edge = await behind.edge();
    const renewed = makePrivateCa();
    const ca = [behind.authority.ca, renewed.ca];
    const fingerprint = async (): Promise<string | undefined> =>
      (await edge.ask(`${edge.harbor}/v2/`, { ca })).certificate?.fingerprint256;
    const before = await fingerprint();
    edge.traefik.writeHostFile(TLS_FILES.certificate, renewed.cert);
    edge.traefik.writeHostFile(TLS_FILES.key, renewed.key);
    expect(await fingerprint()).toBe(before);
    edge.traefik.reload();
    await eventually(fingerprint, (now) => now !== before);
    expect((await edge.ask(`${edge.harbor}/v2/`, { ca: renewed.ca })).status).toBe(401);
    expect(edge.traefik.complaints()).toEqual([]);
  });

  it.each([
    ['wants one of every client', {}, /certificate required/],
    ['takes clients without one, too', { required: false }, undefined],
  ])('with client certificates %s', async (_, more, refusal) => {
    const hostFiles = { [CLIENT_CA]: clients.ca };
    const edge = await behind.edge({ client_certificate: { ca_file: CLIENT_CA, ...more } }, { hostFiles });
    const ask = (question = {}) => edge.ask(`${edge.harbor}/v2/`, question);
    expect((await ask({ cert: clients.cert, key: clients.key })).status).toBe(401);
    await expect(ask({ cert: strangers.cert, key: strangers.key })).rejects.toThrow(/alert|reset/i);
    if (refusal) await expect(ask()).rejects.toThrow(refusal);
    else expect((await ask()).status).toBe(401);
  });

  it('creates a self-signed one for a lab, without HSTS', async () => {
    const edge = await behind.edge({ certificate: { self_signed: true } });
    await expect(edge.ask(`${edge.harbor}/v2/`)).rejects.toThrow(/self-signed|unable to verify/);
    const answer = await edge.ask(`${edge.harbor}/v2/`, { rejectUnauthorized: false });
    expect(answer.certificate?.subject.CN).toBe('TRAEFIK DEFAULT CERT');
    expect(answer.headers['strict-transport-security']).toBeUndefined();
  });

  const HMAC_FILE = '/etc/harbor/acme-eab/hmac';
  const DNS_FILE = '/etc/harbor/acme.env';
  const dns = { dns_provider: 'route53', credentials_file: DNS_FILE, resolvers: ['127.0.0.1:53'] };

  it.each<[string, Partial<AcmeCertificate>]>([
    ['dns-01', dns],
    ['dns-01 without a look at DNS', { ...dns, propagation: { skip_checks: true } }],
    ['dns-01 with a wait', { ...dns, propagation: { delay: '90s', all_nameservers: true } }],
    ['http-01', { challenge: 'http-01' }],
    ['tls-alpn-01', { challenge: 'tls-alpn-01' }],
    ['an account binding', { challenge: 'http-01', eab: { kid: 'key-1', hmac_file: HMAC_FILE } }],
  ])('asks the ACME authority that is declared, by %s, and serves meanwhile', async (_, more) => {
    const asked: string[] = [];
    const authority = createServer({ key: behind.authority.key, cert: behind.authority.cert }, ({ url }, response) => {
      asked.push(url ?? '');
      response.writeHead(503).end();
    });
    await new Promise<void>((resolve) => authority.listen(0, '127.0.0.1', resolve));
    const ca_server = `https://localhost:${(authority.address() as AddressInfo).port}/directory`;
    const ca_file = '/etc/harbor/acme-ca/root.crt';
    const hostFiles = {
      [DNS_FILE]: 'AWS_REGION=eu-central-1\nAWS_ACCESS_KEY_ID=Canary-Key\nAWS_SECRET_ACCESS_KEY=Canary-Secret\n',
      [HMAC_FILE]: 'Canary-aG1hYw\n',
      [ca_file]: behind.authority.ca,
    };
    try {
      const acme = { email: 'ops@harbor.test', ca_server, ca_file, ...more };
      const { traefik } = await behind.edge({ certificate: { acme } }, { hostFiles });
      await eventually(
        () => asked,
        (paths) => paths.length > 0,
      );
      expect(asked).toContain('/directory');
      expect(traefik.log()).not.toContain('Canary');
      // The authority serves nobody; of the options themselves there is nothing to say.
      expect(traefik.complaints().filter((line) => !/"providerName":"acme\.acme"/.test(line))).toEqual([]);
    } finally {
      await new Promise((resolve) => authority.close(resolve));
    }
  });
});
