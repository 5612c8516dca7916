import { lookup } from 'node:dns/promises';
import { header } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { smallestBlob } from '../support/blob-of-image';
import type { NamedImage } from '../pull/named-image';
import { error, evidence, failOn, pass, skip, type Outcome } from '../model/outcome';
import { perImage } from '../support/per-image';
import { problem } from '../model/problem';

/**
 * Looks at the redirect and does not follow it: B1 does. The host must resolve on this machine, which stands for the
 * clients.
 */
export const check: ProjectCheck = {
  id: 'B2',
  title: 'Clients can follow redirects',
  proves: 'A blob is served directly, or redirected to https:// on a host that resolves.',
  why: 'A redirect to an internal name, or to http://, works only in Harbor’s own network.',
  limits: 'A name that resolves here may not resolve on a node; only the smallest blob is tested.',
  upstreamCost: '2 GET per small blob that is not cached',
  upstreamPulls: 1,
  phase: 'serving',
  scope: 'project',
  run: (context) => perImage(context, (image) => look(context, image)),
};

/**
 *      GET of the smallest blob, redirects not followed
 *      200                                       pass: Harbor sends the bytes itself
 *      3xx to https:// on a host that resolves   pass
 *      3xx to http://, or to an unknown host     fail
 *      3xx, and no DNS server answers now        error
 *      another status                            skip, B1 is about it
 */
async function look(context: ProjectContext, image: NamedImage): Promise<Outcome> {
  const blob = await smallestBlob(context, image);
  if (!blob) return skip('no manifest (see M2)');
  const request = { method: 'GET', path: `/v2/${image.name}/blobs/${blob.digest}` } as const;
  const answer = await context.puller.authorized(request, image.name, context.wire);
  if (answer.status === 200) return pass('served directly, without a redirect');
  if (answer.status < 300 || answer.status > 399) return skip(`no redirect, but ${describePlain(answer)} (see B1)`);
  const location = header(answer, 'location') ?? '';
  const from = context.puller.url;
  const target = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  const isKnown = target && (await isResolved(target.hostname));
  const problems = target
    ? problemsOf(target, from, isKnown)
    : [`${answer.status} with a Location that is not a URL: "${location}"`];
  if (target && isKnown === undefined && problems.length === 0)
    return error(`whether ${target.hostname} resolves is not known: no DNS server of this machine answers`);
  const shown = [evidence('redirect', `${answer.status} to ${target ? target.host : `"${location}"`}`)];
  const kinds = problems.length > 0 ? [problem('redirect-elsewhere', target?.origin ?? location)] : [];
  return failOn(problems, 'redirected to where clients can follow', shown, kinds);
}

function problemsOf(target: URL, from: URL, isKnown: boolean | undefined): string[] {
  const problems: string[] = [];
  if (from.protocol === 'https:' && target.protocol !== 'https:') problems.push(`redirected to ${target.protocol}//`);
  if (isKnown === false) problems.push(`redirected to ${target.hostname}, which does not resolve here`);
  return problems;
}

const TRIES = 2;

/** Undefined if no DNS server answered, as with EAI_AGAIN: only its "no such name" counts as one. */
export async function isResolved(
  hostname: string,
  ask: (name: string) => Promise<unknown> = lookup,
): Promise<boolean | undefined> {
  // RFC 6761: it never resolves. Without a DNS server that is not answered either.
  if (/(?:^|\.)invalid\.?$/.test(hostname)) return false;
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      await ask(hostname.replace(/^\[|\]$/g, ''));
      return true;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOTFOUND') return false;
    }
  }
  return undefined;
}
