import type { NetworkErrorCode } from '../../errors';
import type { Cause } from '../result';
import type { Symptom } from './symptom';
import type { OriginFinding } from './ask-origin';
import type { Reach } from './upstream-probes';
import { wayOf } from './way';

/** What probes found out about one project after something in it had failed. Absent is not known. */
export interface Findings {
  readonly project: string;
  /** Host of the upstream, such as `quay.io`. */
  readonly upstream?: string;
  /** Asked by this machine, with the declared credential where there is one. */
  readonly origin?: OriginFinding;
  readonly originLogin?: boolean;
  /** `healthy` or `unhealthy`: what Harbor believes. */
  readonly registryStatus?: string;
  readonly quota?: { readonly hardBytes: number; readonly usedBytes: number };
  /** Of the project's pull credential: a token request without a scope. */
  readonly credential?: { readonly username: string; readonly status: number };
  /** Harbor's own words for a refusal by policy. */
  readonly policyWords?: string;
  /** Of this machine to all upstreams that were asked. */
  readonly reach?: Reach;
}

const FULL = 0.99;

/**
 * Who is at fault. Harbor answers 404 for an upstream that is down, that refuses its login, and that has no such image
 * alike (goharbor/harbor#23750), so the symptom alone tells none of these apart.
 */
export function causeOf(symptom: Symptom, findings: Findings): Cause | undefined {
  switch (symptom) {
    case 'policy':
      return policy(findings);
    case 'denied':
      return findings.policyWords === undefined ? credential(findings) : policy(findings);
    case 'refused':
      return credential(findings);
    case 'rate-limited':
      return rateLimit(findings);
    case 'not-stored':
      return quota(findings) ?? upstream(findings);
    case 'unhealthy':
      return upstream(findings);
    case 'missing':
    case 'broken':
      return quota(findings) ?? upstream(findings);
  }
}

function policy({ project, policyWords }: Findings): Cause {
  return {
    party: 'policy of the project',
    words: `the policy of ${project} refuses the image${policyWords === undefined ? '' : ` (${policyWords})`}`,
    evidence: [],
    whatToDo: 'look at the scan of the artifact, the allowlists and prevent_vul; a refusal may be right',
  };
}

function credential({ project, credential: found }: Findings): Cause | undefined {
  if (found === undefined || found.status === 200) return undefined;
  return {
    party: 'pull credential',
    words: `${found.username} is refused by the token service (${found.status})`,
    evidence: [{ label: 'token without a scope', value: String(found.status) }],
    whatToDo: `it has expired, is disabled, or has another secret than declared: breakwater apply --rotate its address, and hand the new secret to the clients of ${project}`,
  };
}

function rateLimit(findings: Findings): Cause {
  const { origin } = findings;
  const also = origin?.state === 'answers' && origin.status === 429;
  return {
    party: 'upstream',
    words: `${nameOf(findings)} limits pulls (429)`,
    evidence: [{ label: 'asked from here', value: describe(origin) }],
    whatToDo: also
      ? 'it limits this machine as well: wait, or log in with an account that may pull more'
      : "the limit belongs to Harbor's address and account: wait, or give the registry a credential that may pull more",
  };
}

function upstream(findings: Findings): Cause | undefined {
  const { origin, registryStatus } = findings;
  const name = nameOf(findings);
  const evidence = [
    { label: 'asked from here', value: describe(origin) },
    ...(registryStatus === undefined ? [] : [{ label: 'registry in Harbor', value: registryStatus }]),
  ];
  const of = (words: string, whatToDo: string): Cause => ({ party: 'upstream', words, evidence, whatToDo });
  if (origin?.state === 'unreachable') return wayOut(findings, evidence) ?? outOfReach(name, origin.code, evidence);
  if (origin?.status === 429) return rateLimit(findings);
  if (origin?.status === 401 || origin?.status === 403) {
    if (findings.originLogin !== true)
      return of(
        `${name} wants a login, and none is declared (${origin.status})`,
        'declare a credential for the registry',
      );
    return of(
      `${name} refuses the declared credential (${origin.status})`,
      'it has expired or was revoked: renew it at the upstream, then breakwater apply --rotate the registry',
    );
  }
  if (origin?.status === 404)
    return of(`${name} has no such image (404)`, 'it was removed or renamed upstream: declare another for this proof');
  if (origin !== undefined && origin.status >= 500)
    return of(`${name} is broken (${origin.status})`, 'look at its status page; nothing here can mend it');
  if (registryStatus !== 'unhealthy') return storedOtherwise(findings, evidence);
  return {
    party: 'Harbor',
    words: `Harbor holds the registry of ${findings.project} for unhealthy, and asks ${name} no more`,
    evidence,
    whatToDo:
      'it looks again every five minutes; if it stays, try its URL, credential and CA with the test of the registry',
  };
}

function outOfReach(name: string, code: NetworkErrorCode, evidence: Cause['evidence']): Cause {
  const { words, whatToDo } = wayOf(code);
  return {
    party: 'upstream',
    words: `${name} cannot be reached from here${words}`,
    evidence,
    whatToDo: `${whatToDo}, from Harbor too: what it believes of the upstream may be five minutes old`,
  };
}

/** Several upstreams of several people do not go down together. */
function wayOut({ reach }: Findings, evidence: Cause['evidence']): Cause | undefined {
  if (!reach || reach.asked < 2 || reach.reached > 0) return undefined;
  return {
    party: 'network',
    words: `none of ${reach.asked} upstreams can be reached from here`,
    evidence,
    whatToDo: 'look at the way out of this network, DNS and firewall: Harbor may stand behind the same',
  };
}

/** It answers us and not Harbor: what differs is what Harbor has stored, or where it stands. */
function storedOtherwise(findings: Findings, evidence: Cause['evidence']): Cause | undefined {
  const { origin, registryStatus } = findings;
  if (origin?.state !== 'answers' || origin.status !== 200 || registryStatus !== 'healthy') return undefined;
  return {
    party: 'Harbor',
    words: `${nameOf(findings)} gives the image to this machine, and not to Harbor`,
    evidence,
    whatToDo:
      'Harbor may hold another secret than declared (breakwater plan --prove-secrets), or be kept from its upstream by a proxy or a firewall',
  };
}

function quota({ project, quota: found }: Findings): Cause | undefined {
  if (!found || found.hardBytes <= 0 || found.usedBytes < found.hardBytes * FULL) return undefined;
  return {
    party: 'quota of the project',
    words: `the quota of ${project} is full, so that nothing new is cached`,
    evidence: [{ label: 'used', value: `${found.usedBytes} of ${found.hardBytes} bytes` }],
    whatToDo: 'raise storage_limit, or let retention and garbage collection make room',
  };
}

function nameOf({ upstream: host, project }: Findings): string {
  return host === undefined ? `the upstream of ${project}` : `upstream ${host}`;
}

function describe(origin: OriginFinding | undefined): string {
  if (origin === undefined) return 'not asked';
  return origin.state === 'unreachable' ? origin.why : `${origin.status} [${origin.requestId}]`;
}
