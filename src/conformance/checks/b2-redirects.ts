import { lookup } from 'node:dns/promises';
import { header } from '../../oci';
import { describePlain } from '../answer-words';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { smallestBlob } from '../support/blob-of-image';
import type { NamedImage } from '../pull/named-image';
import { evidence, failOn, pass, skip, type Outcome } from '../model/outcome';
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
  const problems = target
    ? await problemsOf(target, from)
    : [`${answer.status} with a Location that is not a URL: "${location}"`];
  const shown = [evidence('redirect', `${answer.status} to ${target ? target.host : `"${location}"`}`)];
  const kinds = problems.length > 0 ? [problem('redirect-elsewhere', target?.origin ?? location)] : [];
  return failOn(problems, 'redirected to where clients can follow', shown, kinds);
}

async function problemsOf(target: URL, from: URL): Promise<string[]> {
  const problems: string[] = [];
  if (from.protocol === 'https:' && target.protocol !== 'https:') problems.push(`redirected to ${target.protocol}//`);
  const address = await lookup(target.hostname.replace(/^\[|\]$/g, '')).catch(() => undefined);
  if (!address) problems.push(`redirected to ${target.hostname}, which does not resolve here`);
  return problems;
}
