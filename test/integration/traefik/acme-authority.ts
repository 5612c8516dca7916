import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateCa } from '../../unit/harbor/support/private-ca';
import { ask } from './ask';
import { eventually } from './behind';
import { freePorts, traefikPorts, type Ports } from './traefik';

/** The zone of every name that is certified here. */
export const ZONE = 'lab.test';
/** Of the external account binding. */
export const EAB = { kid: 'kid-1', hmac: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W' };

/** What is not here of an authority with a DNS server; undefined where nothing is missing. */
export function missingAuthority(): string | undefined {
  if (spawnSync('pebble', ['-version']).status !== 0)
    return 'pebble not found: go install github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.3';
  if (spawnSync('named', ['-v']).status !== 0) return 'named not found: apt-get install bind9';
  return process.getuid?.() === 0 ? undefined : 'port 53 of 127.0.0.1 needs root';
}

export interface AuthorityOptions {
  readonly withEab?: boolean;
  readonly certificateSeconds?: number;
}

/** A real ACME authority, pebble, that connects to a Traefik at its ports, and a real DNS server, BIND, that it asks. */
export interface Authority {
  /** Where Traefik has to listen. */
  readonly traefik: Ports;
  readonly directoryUrl: string;
  /** PEM of the CA of the authority's own certificate. */
  readonly ca: string;
  /** PEM of the CA of the certificates that it issues. */
  readonly issuer: string;
  readonly resolver: string;
  /** A resolv.conf with this resolver. */
  readonly resolvConf: string;
  /** NAME=value lines for lego's provider rfc2136. */
  readonly dnsCredentials: string;
  /** The secret among them. */
  readonly tsigKey: string;
  log(this: void): string;
  stop(): Promise<void>;
}

export async function startAuthority({
  withEab = false,
  certificateSeconds,
}: AuthorityOptions = {}): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-acme-'));
  const traefik = await traefikPorts();
  const [port = 0, managementPort = 0] = await freePorts(2);
  const own = makePrivateCa();
  const tsigKey = randomBytes(32).toString('base64');
  const named = await startNamed(folder, tsigKey);
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
  writeFileSync(join(folder, 'cert.pem'), own.cert);
  writeFileSync(join(folder, 'key.pem'), own.key);
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: join(folder, 'cert.pem'),
    privateKey: join(folder, 'key.pem'),
    httpPort: traefik.httpPort,
    tlsPort: traefik.httpsPort,
    externalAccountBindingRequired: withEab,
    ...(withEab && { externalAccountMACKeys: { [EAB.kid]: EAB.hmac } }),
    retryAfter: { authz: 1, order: 1 },
    keyAlgorithm: 'ecdsa',
    profiles: { default: { description: 'the only one', validityPeriod: certificateSeconds ?? 90 * 86_400 } },
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble }));
  const args = ['-strict', '-config', join(folder, 'pebble.json'), '-dnsserver', DNS_ADDRESS];
  const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' };
  const authority = started('pebble', args, env);
  const stop = async (): Promise<void> => {
    await Promise.all([authority.stop(), named.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  const root = `https://localhost:${managementPort}/roots/0`;
  const issuer = await eventually(
    () =>
      ask(root, { ca: own.ca }).then(
        ({ body }) => body,
        () => '',
      ),
    (pem) => pem.startsWith('-----BEGIN CERTIFICATE-----'),
  );
  if (!issuer) {
    await stop();
    throw new Error(`pebble does not start: ${authority.log()}`);
  }
  return {
    traefik,
    directoryUrl: `https://localhost:${port}/dir`,
    ca: own.ca,
    issuer,
    resolver: DNS_ADDRESS,
    resolvConf: join(folder, 'resolv.conf'),
    dnsCredentials: [
      `RFC2136_NAMESERVER=${DNS_ADDRESS}`,
      'RFC2136_TSIG_ALGORITHM=hmac-sha256.',
      'RFC2136_TSIG_KEY=traefik.',
      `RFC2136_TSIG_SECRET=${tsigKey}`,
      // Time between two names.
      'RFC2136_SEQUENCE_INTERVAL=1',
      '',
    ].join('\n'),
    tsigKey,
    log: () => `${authority.log()}${named.log()}`,
    stop,
  };
}

/** Traefik asks the authoritative name servers of the zone, at port 53. */
const DNS_ADDRESS = '127.0.0.1:53';

/** Authoritative for the zone, of which every name is this machine; changed by the holder of the key. */
async function startNamed(folder: string, tsigKey: string): Promise<Started> {
  const data = join(folder, 'named');
  mkdirSync(data);
  writeFileSync(
    join(data, 'zone'),
    ['$TTL 1', `@ SOA localhost. ops.${ZONE}. 1 60 60 60 1`, '@ NS ns', '* A 127.0.0.1', ''].join('\n'),
  );
  writeFileSync(
    join(data, 'named.conf'),
    `options {
       directory "${data}"; pid-file none; session-keyfile none; managed-keys-directory "${data}";
       listen-on { 127.0.0.1; }; listen-on-v6 { ::1; }; recursion no; dnssec-validation no; notify no;
     };
     controls { };
     key "traefik" { algorithm hmac-sha256; secret "${tsigKey}"; };
     zone "${ZONE}" { type primary; file "${data}/zone"; update-policy { grant traefik zonesub TXT; }; };\n`,
  );
  const server = started('named', ['-g', '-c', join(data, 'named.conf')], process.env);
  const isRunning = (): boolean => /\brunning\b/.test(server.log());
  if (await eventually(() => isRunning() && answersDns(), Boolean)) return server;
  await server.stop();
  throw new Error(`named does not start: ${server.log()}`);
}

/** Whether something answers a query (of the root, type SOA) at the DNS port. */
function answersDns(): Promise<boolean> {
  const query = Buffer.from('000100000001000000000000' + '00' + '00060001', 'hex');
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(() => done(false), 1000);
    socket.on('message', () => done(true)).on('error', () => done(false));
    socket.send(query, 53, '127.0.0.1');
  });
}

interface Started {
  log(this: void): string;
  stop(): Promise<void>;
}

function started(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += String(chunk)));
  return { log: () => log, stop: () => ended(child) };
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
