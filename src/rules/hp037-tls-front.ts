import type { Rule, Violation } from './rule';
import { blocksOf, textOf, wordsOf } from './synthesised';
import { traefiksIn, type Traefik } from './traefik-flags';

const STORAGE = /^certificatesresolvers\.[^.]+\.acme\.storage$/;
const CA_SERVER = /^certificatesresolvers\.[^.]+\.acme\.caserver$/;

/**
 * The store of ACME must be below a mount that can be written to. Otherwise each new container requests all
 * certificates again, and the authority limits how many it issues per week.
 */
function checkStore({ container, flags }: Traefik): Violation[] {
  const writable = blocksOf(container, 'mounts').filter((mount) => mount['read_only'] !== true);
  return [...flags].flatMap(([flag, path]) => {
    if (!STORAGE.test(flag) || writable.some(({ target }) => path.startsWith(`${textOf(target)}/`))) return [];
    const message = `keeps its certificates at ${path}, which is deleted with the container`;
    return [
      {
        address: container.address,
        message,
        hint: 'mount a directory of the host there; otherwise you reach rate limits',
      },
    ];
  });
}

/** Staging authorities are for tests: Let's Encrypt's, and Pebble. */
function checkAuthority({ container, flags }: Traefik): Violation[] {
  return [...flags].flatMap(([flag, url]) => {
    if (!CA_SERVER.test(flag) || !/staging|pebble/.test(url)) return [];
    const message = `uses ${url}, whose certificates clients do not trust`;
    return [{ address: `${container.address}.command`, message, hint: 'remove ca_server after the test' }];
  });
}

/** `forwardedHeaders` believes a header (`X-Forwarded-For`), `proxyProtocol` the first line of the connection. */
const TRUST = /^entrypoints\.[^.]+\.(forwardedheaders|proxyprotocol)\.(insecure|trustedips)$/;

/** A trusted proxy names the client's address: one that is trusted wrongly can name any, and pass every allow list. */
function checkTrust({ container, flags }: Traefik): Violation[] {
  return [...flags].flatMap(([flag, value]) => {
    const what = TRUST.exec(flag)?.[2];
    const isOpen = what === 'insecure' ? value === 'true' : value.split(',').some((network) => network.endsWith('/0'));
    if (what === undefined || !isOpen) return [];
    const message = 'lets every client claim any address';
    return [{ address: `${container.address}.command`, message, hint: 'trust only the addresses of your balancers' }];
  });
}

/** The dynamic configuration, which is part of the entrypoint. */
const SAID: readonly { readonly pattern: RegExp; readonly missing: string; readonly hint: string }[] = [
  {
    pattern: /minVersion: ["']?VersionTLS1[23]/,
    missing: 'accepts TLS older than 1.2',
    hint: 'set minVersion: VersionTLS12',
  },
  { pattern: /redirectScheme:/, missing: 'does not redirect http to https', hint: 'add a redirectScheme middleware' },
  {
    pattern: /stsSeconds: [1-9]/,
    missing: 'sends no Strict-Transport-Security',
    hint: 'use a certificate that clients trust, and headers.stsSeconds',
  },
];

/**
 * Searched as text, not parsed: the entrypoint is a shell script that writes several YAML files, with quotes of its
 * own. A pattern that is in a comment of that script would count as present; the stacks here write none.
 */
function checkConfiguration({ container }: Traefik): Violation[] {
  const texts = wordsOf(container, 'entrypoint').join('\n');
  return SAID.flatMap(({ pattern, missing, hint }) =>
    pattern.test(texts) ? [] : [{ address: `${container.address}.entrypoint`, message: missing, hint }],
  );
}

/**
 * Reads Traefik's flags and, for TLS, redirect and HSTS, the dynamic configuration as text: it is part of the
 * entrypoint, which writes the file at start. A Traefik whose configuration comes from elsewhere fails these three,
 * because nothing shows that they hold.
 */
export const hp037: Rule = {
  id: 'HP037',
  title: 'the TLS front is secure and keeps its certificates',
  severity: 'high',
  why: 'A lost ACME store leads to rate limits; without redirect and HSTS a login can be sent over plain http (local_store_unix.go; Traefik docs).',
  deployed: {
    judge: (stacks) =>
      traefiksIn(stacks).flatMap((traefik) => [
        ...checkStore(traefik),
        ...checkAuthority(traefik),
        ...checkTrust(traefik),
        ...checkConfiguration(traefik),
      ]),
    good: {
      docker_container: {
        traefik: {
          image: 'traefik:v3.5',
          command: ['--certificatesResolvers.acme.acme.storage=/acme/acme.json'],
          mounts: [{ source: '/srv/acme', target: '/acme' }],
          entrypoint: ['minVersion: VersionTLS12', 'redirectScheme: { scheme: https }', 'stsSeconds: 31536000'],
        },
      },
    },
    bad: {
      docker_container: {
        traefik: {
          image: 'traefik:v3.5',
          command: ['--certificatesResolvers.acme.acme.storage=/acme/acme.json'],
          entrypoint: ['minVersion: VersionTLS10'],
        },
      },
    },
  },
};
