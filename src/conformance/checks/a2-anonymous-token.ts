import { readTokenAccess, type TokenAnswer } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../model/check';
import { evidence, failOn, skip, type Outcome } from '../model/outcome';
import { firstImage } from '../support/per-image';
import { problem, type Problem } from '../model/problem';
import { withoutToken } from '../support/token-refusal';

/**
 * Reads the list of actions in the token (docs/harbor-behavior.md 2.7, 2.8).
 *
 *      declared   actions for anonymous   verdict
 *      public     pull                    pass
 *      public     none                    fail
 *      private    none                    pass
 *      private    any                     fail: exposure
 *      any        push or delete          fail: exposure
 *      any        no token                see `withoutToken`
 */
export const check: ProjectCheck = {
  id: 'A2',
  title: 'Anonymous tokens allow what is declared',
  proves: 'The token service gives anonymous clients a token that allows pulls if, and only if, the project is public.',
  why: 'Clusters without credentials need it, and a private project must not be open to them.',
  limits: 'Reads the claims of the token without verifying its signature; A3 uses it.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run,
};

async function run(context: ProjectContext): Promise<Outcome> {
  const image = firstImage(context);
  if (!image) return skip('no image is declared for this project');
  const answer = await context.anonymous.token(undefined, `repository:${image.name}:pull`, context.wire);
  return judge(context, image.name, answer);
}

function judge({ project }: ProjectContext, name: string, answer: TokenAnswer): Outcome {
  const { token, expiresInSeconds } = answer;
  const access = answer.status === 200 ? readTokenAccess(token) : undefined;
  if (!access) return withoutToken(answer, undefined, 'whether anonymous clients may pull is not known');
  const actions = access.filter((entry) => entry.name === name).flatMap((entry) => entry.actions);
  const wrong: string[] = [];
  const problems: Problem[] = [];
  if (project.public && !actions.includes('pull')) {
    wrong.push('declared public, but anonymous clients may not pull');
    problems.push(problem('anonymous-refused'));
  }
  if (!project.public && actions.length > 0) {
    wrong.push(`declared private, but anonymous clients may ${actions.join(', ')}`);
    problems.push(problem('anonymous-pull'));
  }
  const writes = actions.filter((action) => action === 'push' || action === 'delete');
  if (project.public && writes.length > 0) wrong.push(`anonymous clients may ${writes.join(', ')}`);
  if (writes.length > 0) problems.push(problem('anonymous-write', undefined, writes.join(', ')));
  const allowed = actions.join(', ') || 'nothing';
  const shown = [evidence('actions', allowed), evidence('token life', `${expiresInSeconds} s`)];
  return failOn(wrong, `anonymous clients may ${allowed}`, shown, problems);
}
