import type { Evidence } from '../../model/outcome';
import type { OriginBlob } from '../../support/ask-origin';
import { connectionFaultOf } from '../connection-fault';
import type { Failure, Findings } from '../findings';
import type { Rule } from '../rule';
import { canPull } from './components';
import { isServing, upstreamName } from './upstream';

/** A layer or config that did not come, while the manifest did: asked for again from both sides. */
function evidenceOf({ originBlob, blobAgain }: Findings): Evidence[] {
  const stored = blobAgain?.isStored;
  return [
    { label: `the layer from ${originBlob?.host ?? 'the upstream'}, requested from here`, value: here(originBlob) },
    { label: 'requested through Harbor again', value: String(blobAgain?.status ?? 'not requested') },
    ...(stored === undefined ? [] : [{ label: 'the image in Harbor', value: stored ? 'stored' : 'not stored' }]),
  ];
}

function here(blob: OriginBlob | undefined): string {
  if (blob === undefined) return 'not known';
  if (blob.state === 'refused') return String(blob.status);
  if (blob.state === 'unreachable') return blob.why;
  return blob.state === 'right' || blob.state === 'large' ? 'served' : `${blob.state} bytes`;
}

/** Still no layer through Harbor. */
const failsStill = ({ symptom }: Failure, { blobAgain }: Findings): boolean =>
  symptom !== undefined && blobAgain !== undefined && (typeof blobAgain.status !== 'number' || blobAgain.status >= 400);

/** Harbor itself does not have the blob, or fails to read it; no refusal and no limit. */
const isLost = ({ blobAgain }: Findings): boolean =>
  typeof blobAgain?.status === 'number' &&
  (blobAgain.status === 404 || blobAgain.status >= 500) &&
  blobAgain.isOfRegistry !== false;

const isServedHere = ({ originBlob }: Findings): boolean =>
  originBlob?.state === 'right' || originBlob?.state === 'large';

/** Layers come from another host than manifests. */
const isOwnStore = ({ originBlob, upstream }: Findings): boolean =>
  originBlob !== undefined && upstream !== undefined && originBlob.host !== upstream;

/** `its blob store cdn.example.com`, or the upstream itself. */
const storeOf = (findings: Findings): string =>
  isOwnStore(findings) ? `its blob store ${findings.originBlob?.host ?? ''}` : 'it';

function doAboutStore(findings: Findings): string {
  const { originBlob } = findings;
  if (originBlob?.state === 'unreachable') {
    const { whatToDo } = connectionFaultOf(originBlob.code);
    return `${storeOf(findings)} cannot be used from here either: check the status page of the upstream; on this network, ${whatToDo}`;
  }
  if (originBlob?.state === 'refused' && originBlob.status === 404)
    return 'the image is incomplete upstream: report it there, and declare another image if only this one is';
  if (originBlob?.state === 'refused' && originBlob.status < 500)
    return `${isOwnStore(findings) ? storeOf(findings) : 'its blob store'} refuses this machine as well: check the status page of the upstream, and its rules for this account and network`;
  return 'check its status page; there is nothing to fix on this side';
}

/**
 * Manifests come, and what they name does not. Decided by the same blob from both sides:
 *
 *      through Harbor          from the upstream      stored in Harbor   cause
 *      404, 5xx of Harbor      served                 yes                Harbor's storage lost it
 *      fails, not a registry   served                 -                  a proxy in front of Harbor
 *      fails                   manifests served, and
 *                              refused, unreachable   -                  the upstream, or its blob store
 *      fails                   served                 no, unknown        Harbor's way to the blob store
 */
export const BLOBS: readonly Rule[] = [
  {
    kind: 'stored-layers-lost',
    rank: 'outage',
    party: 'Harbor',
    seen: (failure, findings) =>
      failsStill(failure, findings) &&
      findings.blobAgain?.isStored === true &&
      isLost(findings) &&
      isServedHere(findings)
        ? evidenceOf(findings)
        : undefined,
    say: ({ result }, { blobAgain }) => ({
      words: `Harbor lists ${result.image ?? 'the image'} as stored, but does not serve its layers (${blobAgain?.status ?? ''})`,
      whatToDo:
        "check the disk or bucket of Harbor's registry and its log; then delete the artifact from the cache and pull it again",
    }),
  },
  {
    kind: 'front-error-of-blobs',
    rank: 'outage',
    party: 'front door',
    // An error of Harbor has a JSON body, also where it passes on one of the upstream; without its registry, core itself
    // returns 502 without one.
    seen: (failure, findings) => {
      const { blobAgain, harbor } = findings;
      const isOfFront = blobAgain?.isOfRegistry === false && (Number(blobAgain.status) < 500 || canPull(harbor));
      return failsStill(failure, findings) && isOfFront && isServedHere(findings) ? evidenceOf(findings) : undefined;
    },
    say: (_failure, { host, blobAgain }) => ({
      words: `a proxy or firewall in front of ${host} returns ${blobAgain?.status ?? ''} for layers, instead of a response from Harbor`,
      whatToDo: 'read the log of the proxy, firewall or load balancer: limits of size and time for /v2/ come first',
    }),
  },
  {
    kind: 'upstream-blobs',
    rank: 'outage',
    party: 'upstream',
    seen: (failure, findings) => {
      const { originBlob, origin, reach } = findings;
      const isBad =
        originBlob?.state === 'unreachable' || (originBlob?.state === 'refused' && originBlob.status !== 429);
      return failsStill(failure, findings) && isServing(origin) && isBad && !reach?.isOwn
        ? evidenceOf(findings)
        : undefined;
    },
    say: (_failure, findings) => {
      const { originBlob } = findings;
      const status = originBlob?.state === 'refused' ? ` (${originBlob.status})` : '';
      const from = isOwnStore(findings) ? ` from ${originBlob?.host ?? ''}` : '';
      return {
        words: `${upstreamName(findings)} serves manifests, but no layers${from}${status}`,
        whatToDo: doAboutStore(findings),
      };
    },
  },
  {
    kind: 'upstream-blobs-blocked',
    rank: 'outage',
    party: 'network',
    seen: (failure, findings) =>
      failsStill(failure, findings) &&
      findings.blobAgain?.status !== 429 &&
      // What is stored, Harbor does not fetch.
      findings.blobAgain?.isStored !== true &&
      isServedHere(findings)
        ? evidenceOf(findings)
        : undefined,
    say: (_failure, findings) => ({
      words: `Harbor gets manifests from ${upstreamName(findings)}, but no layers; this machine gets both`,
      whatToDo: isOwnStore(findings)
        ? `layers come from ${findings.originBlob?.host ?? ''}: allow Harbor's own machine to reach it (firewall, DNS, proxy settings)`
        : "check Harbor's proxy settings, firewall and DNS on its own machine: layers may come from another host than manifests",
    }),
  },
];
