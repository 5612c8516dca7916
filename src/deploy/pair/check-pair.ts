import { isIPv4 } from 'node:net';
import type { Environment } from '../environment';
import type { TreeFinding } from '../read-tree';

/**
 * Checks of `topology: pair` that a schema cannot express. Pure. A pair holds no state: each machine may be lost.
 *
 *       what               must be                                    else
 *       host.addresses     declared: the two machines                 missing-key
 *       pair               keepalived or a balancer                   missing-key
 *       machine, cluster   absent: machines are made elsewhere        not-with-pair
 *       database, redis,   declared                                   local-state
 *         storage          and on neither machine                     state-on-machine
 *       certificate        dns-01 or files, the same on both          certificate-of-one
 *       listen.addresses   absent: no address is on both              not-with-pair
 *       keepalived         IPv4; a virtual address of no machine      bad-address, taken-address
 *
 *       Without the topology, pair and host.addresses have no effect: useless-key.
 */
export function checkPair(environment: Environment): TreeFinding[] {
  if (environment.topology !== 'pair') return checkSingle(environment);
  return [
    ...checkParts(environment),
    ...checkShared(environment),
    ...checkOutsideMachines(environment),
    ...checkFront(environment),
    ...checkKeepalived(environment),
  ];
}

function checkSingle({ pair, host }: Environment): TreeFinding[] {
  const rule = 'useless-key';
  const message = 'it has no effect without topology: pair';
  const hint = 'add topology: pair, or remove it';
  return [
    ...(pair ? [{ rule, path: ['pair'], message, hint }] : []),
    ...(host?.addresses ? [{ rule, path: ['host', 'addresses'], message, hint }] : []),
  ];
}

function checkParts({ host, pair, machine, cluster }: Environment): TreeFinding[] {
  const rule = 'missing-key';
  const findings: TreeFinding[] = [];
  if (host?.addresses === undefined) {
    const message = '"addresses" is missing: the two machines of the pair';
    findings.push({ rule, path: host ? ['host'] : [], message, hint: 'add host: { addresses: [NAME, NAME] }' });
  }
  if (!pair) {
    const message = '"pair" is missing: what leads clients to one of the machines';
    findings.push({ rule, path: [], message, hint: 'add pair: { keepalived: … } or pair: { balancer: true }' });
  }
  for (const [key, value] of Object.entries({ machine, cluster })) {
    if (value === undefined) continue;
    const message = `${key}: cannot be used together with topology: pair`;
    const hint = key === 'machine' ? 'create the two machines yourself' : 'remove topology: pair';
    findings.push({ rule: 'not-with-pair', path: [key], message, hint });
  }
  return findings;
}

/** What one machine keeps the other does not see: two databases would be two Harbors under one name. */
function checkShared({ harbor }: Environment): TreeFinding[] {
  const needed = [
    ['database', 'projects, robots and users'],
    ['redis', 'the queue of jobs, sessions and locks'],
    ['storage', 'the images'],
  ] as const;
  return needed.flatMap(([key, what]) => {
    if (harbor[key] !== undefined) return [];
    const message = `"${key}" is missing: both machines of a pair must share ${what}`;
    return [{ rule: 'local-state', path: ['harbor'], message, hint: `add harbor.${key}` }];
  });
}

/** State on one of the two machines is lost with it, and the pair with it. */
function checkOutsideMachines({ harbor, host, pair }: Environment): TreeFinding[] {
  const machines = new Set([...(host?.addresses ?? []), ...(pair?.keepalived?.addresses ?? [])]);
  const endpoint = harbor.storage?.s3?.regionendpoint;
  const places: (readonly [TreeFinding['path'], string])[] = [
    ...(harbor.database ? [[['harbor', 'database', 'host'], harbor.database.host] as const] : []),
    ...(harbor.redis?.addresses ?? []).map(
      (one, index) => [['harbor', 'redis', 'addresses', index], one.replace(/:\d+$/, '')] as const,
    ),
    ...(endpoint === undefined
      ? []
      : [[['harbor', 'storage', 's3', 'regionendpoint'], new URL(endpoint).hostname] as const]),
  ];
  const local = /^(localhost|127\.|\[?::1)/;
  return places.flatMap(([path, name]) => {
    if (!machines.has(name) && !local.test(name)) return [];
    const message = `${name} is a machine of the pair: what it keeps is lost with it`;
    return [{ rule: 'state-on-machine', path, message, hint: 'use a service outside both machines' }];
  });
}

/** Certificates and ports of Traefik, which runs on both. */
function checkFront({ edge }: Environment): TreeFinding[] {
  const findings: TreeFinding[] = [];
  const challenge = edge?.certificate.acme?.challenge;
  if (challenge !== undefined && challenge !== 'dns-01') {
    const message = `with ${challenge} only the machine that clients reach gets a certificate`;
    const hint = 'use dns-01, or certificate files';
    findings.push({ rule: 'certificate-of-one', path: ['edge', 'certificate', 'acme', 'challenge'], message, hint });
  }
  if (edge?.certificate.self_signed) {
    const message = 'each machine would sign a certificate of its own';
    const hint = 'use dns-01, or certificate files';
    findings.push({ rule: 'certificate-of-one', path: ['edge', 'certificate', 'self_signed'], message, hint });
  }
  if (edge?.listen?.addresses) {
    const message = 'no address is on both machines, and the virtual one is on one of them at a time';
    const hint = 'remove it: Traefik listens at every address';
    findings.push({ rule: 'not-with-pair', path: ['edge', 'listen', 'addresses'], message, hint });
  }
  return findings;
}

function checkKeepalived({ pair, host }: Environment): TreeFinding[] {
  const keepalived = pair?.keepalived;
  if (!keepalived) return [];
  const path = ['pair', 'keepalived'];
  const virtual = keepalived.virtual_address.split('/')[0]!;
  const all: (readonly [TreeFinding['path'], string])[] = [
    [[...path, 'virtual_address'], virtual],
    ...keepalived.addresses.map((one, index) => [[...path, 'addresses', index], one] as const),
  ];
  const findings: TreeFinding[] = all
    .filter(([, one]) => !isIPv4(one))
    .map(([at, one]) => ({ rule: 'bad-address', path: at, message: `${one} is not an IPv4 address` }));
  if ([...keepalived.addresses, ...(host?.addresses ?? [])].includes(virtual)) {
    const message = `${virtual} is the own address of a machine: it could not move`;
    findings.push({ rule: 'taken-address', path: [...path, 'virtual_address'], message, hint: 'use a free address' });
  }
  return findings;
}
