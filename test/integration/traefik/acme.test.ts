import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcmeCertificate, EdgeEnvironment } from '../../../src/deploy/edge';
import { startSandbox, type Sandbox } from '../../../src/sandbox';
import { makePrivateCa } from '../../unit/harbor/support/private-ca';
import { EAB, missingAuthority, startAuthority, ZONE, type Authority, type AuthorityOptions } from './acme-authority';
import { ask, type Answer, type Question } from './ask';
import { eventually } from './behind';
import { describeWithTraefik, startTraefik, type RunningTraefik, type TraefikInputs } from './traefik';

const HARBOR = `harbor.${ZONE}`;
const MIRROR = `docker-mirror.${ZONE}`;
const CA_FILE = '/etc/harbor/acme-ca/root.crt';
const DNS_FILE = '/etc/harbor/acme.env';
const HMAC_FILE = '/etc/harbor/acme-eab/hmac';

const missing = missingAuthority();
if (missing !== undefined) process.stderr.write(`skipped: certificates of a real ACME authority: ${missing}\n`);
const describeWithAuthority =
  missing === undefined ? describeWithTraefik : (name: string, tests: () => void) => describe.skip(name, tests);

interface More extends Pick<TraefikInputs, 'acmeDirectory' | 'resolvConf'> {
  readonly edge?: Partial<EdgeEnvironment>;
  readonly files?: Readonly<Record<string, string>>;
}

/** Traefik as the stack starts it, in front of a sandbox, with an authority that reaches it. */
class Edge {
  private constructor(
    readonly authority: Authority,
    readonly traefik: RunningTraefik,
  ) {}

  static async start(
    harborUrl: string,
    authority: Authority,
    acme: Partial<AcmeCertificate>,
    { edge, files, ...more }: More = {},
  ): Promise<Edge> {
    const certificate = {
      acme: { email: `ops@${HARBOR}`, ca_server: authority.directoryUrl, ca_file: CA_FILE, ...acme },
    };
    const credentials = { [DNS_FILE]: authority.dnsCredentials, [HMAC_FILE]: `${EAB.hmac}\n` };
    const traefik = await startTraefik({
      edge: { certificate, mirrors: [{ hostname: MIRROR, project: 'proxy.docker.io' }], ...edge },
      hostname: HARBOR,
      harborUrl,
      ports: authority.traefik,
      hostFiles: { [CA_FILE]: authority.ca, ...credentials, ...files },
      ...more,
    });
    return new Edge(authority, traefik);
  }

  /** One request for a name, of a client that trusts nothing but the authority. */
  ask(name: string, question: Question = {}): Promise<Answer> {
    const url = `https://127.0.0.1:${this.traefik.httpsPort}/v2/`;
    return ask(url, { ca: this.authority.issuer, servername: name, headers: { host: name }, ...question });
  }

  /** Once a certificate of that name was issued and is served; a minute and a half at most. */
  async served(name: string, question: Question = {}): Promise<Answer> {
    let error: unknown;
    const look = () => this.ask(name, question).catch((reason: unknown) => void (error = reason));
    const answer = await eventually(look, (seen) => seen !== undefined && seen.status !== 404, 900);
    if (answer) return answer;
    throw new Error(`${name} is not served: ${String(error)}\n${this.traefik.log()}\n${this.authority.log()}`);
  }
}

describeWithAuthority('certificates of a real ACME authority, by a real Traefik', () => {
  let sandbox: Sandbox;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => void (sandbox = await startSandbox({ timeScale: 0.02, externalUrl: `https://${HARBOR}` })));
  afterAll(() => sandbox?.close());
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function authority(options?: AuthorityOptions): Promise<Authority> {
    const running = await startAuthority(options);
    ends.push(() => running.stop());
    return running;
  }

  async function edge(of: Authority, acme: Partial<AcmeCertificate>, more?: More) {
    const running = await Edge.start(sandbox.url, of, acme, more);
    ends.push(() => running.traefik.stop());
    return running;
  }

  const dns = ({ resolver }: Authority) => ({
    dns_provider: 'rfc2136',
    credentials_file: DNS_FILE,
    resolvers: [resolver],
  });

  const eab = { kid: EAB.kid, hmac_file: HMAC_FILE };
  interface Case {
    readonly acme: (of: Authority) => Partial<AcmeCertificate>;
    readonly options?: AuthorityOptions;
    /** Whether the container resolves the names of the zone by itself. */
    readonly seesZone?: boolean;
  }
  const CASES: Readonly<Record<string, Case>> = {
    'http-01': { acme: () => ({ challenge: 'http-01' }) },
    'tls-alpn-01': { acme: () => ({ challenge: 'tls-alpn-01' }) },
    'dns-01': { acme: dns, seesZone: true },
    'dns-01 without a look at DNS': { acme: (of) => ({ ...dns(of), propagation: { skip_checks: true } }) },
    'dns-01 with a wait and every name server': {
      acme: (of) => ({ ...dns(of), propagation: { delay: '1s', all_nameservers: true } }),
      seesZone: true,
    },
    'dns-01 of a zone that only the resolvers know': {
      acme: (of) => ({ ...dns(of), propagation: { resolvers_only: true } }),
    },
    'an account binding': { acme: () => ({ challenge: 'http-01', eab }), options: { withEab: true } },
  };

  it.each(Object.keys(CASES))(
    'are issued by %s, one for each name',
    async (name) => {
      const { acme, options, seesZone = false } = CASES[name]!;
      const at = await authority(options);
      const front = await edge(at, acme(at), seesZone ? { resolvConf: at.resolvConf } : {});
      for (const hostname of [HARBOR, MIRROR]) {
        const { status, certificate } = await front.served(hostname);
        expect([status, certificate?.subjectaltname, certificate?.bits]).toEqual([401, `DNS:${hostname}`, 256]);
      }
      expect(front.traefik.complaints()).toEqual([]);
      for (const secret of [EAB.hmac, at.tsigKey]) expect(front.traefik.log()).not.toContain(secret);
    },
    300_000,
  );

  it('are kept: the next container serves the same one without an order', async () => {
    const at = await authority();
    const acmeDirectory = mkdtempSync(join(tmpdir(), 'breakwater-acme-store-'));
    ends.push(() => rmSync(acmeDirectory, { recursive: true, force: true }));
    const fingerprint = async (of: Edge) => (await of.served(HARBOR)).certificate?.fingerprint256;
    const before = await edge(at, { challenge: 'http-01' }, { acmeDirectory });
    const issued = [await fingerprint(before), (await before.served(MIRROR)).certificate?.fingerprint256];
    await before.traefik.stop();
    expect(statSync(join(acmeDirectory, 'acme.json')).mode & 0o777).toBe(0o600);
    const orders = countOrders(at);
    const after = await edge(at, { challenge: 'http-01' }, { acmeDirectory });
    expect([await fingerprint(after), (await after.served(MIRROR)).certificate?.fingerprint256]).toEqual(issued);
    expect(countOrders(at)).toBe(orders);
  }, 300_000);

  it('are renewed in time if they are short-lived, and served without a restart', async () => {
    // Traefik looks once a minute and renews 20 minutes before the end.
    const at = await authority({ certificateSeconds: 20 * 60 + 30 });
    const front = await edge(at, { challenge: 'http-01', lifetime: '1h' });
    const first = (await front.served(HARBOR)).certificate?.fingerprint256;
    const look = async () => (await front.ask(HARBOR)).certificate?.fingerprint256;
    expect(await eventually(look, (now) => now !== first, 1800)).not.toBe(first);
  }, 400_000);

  it('are issued by tls-alpn-01 if clients need a certificate', async () => {
    const clients = makePrivateCa();
    const client_certificate = { ca_file: '/etc/harbor/clients/ca.pem' };
    const at = await authority();
    const front = await edge(
      at,
      { challenge: 'tls-alpn-01' },
      { edge: { client_certificate }, files: { [client_certificate.ca_file]: clients.ca } },
    );
    const { status, certificate } = await front.served(HARBOR, { cert: clients.cert, key: clients.key });
    expect([status, certificate?.subjectaltname]).toEqual([401, `DNS:${HARBOR}`]);
  }, 300_000);
});

/** Orders that the authority was asked for. */
function countOrders({ log }: Authority): number {
  return log().match(/Added order/g)?.length ?? 0;
}
