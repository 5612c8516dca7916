import type { RegistryClient, TokenAnswer } from '../../oci';
import type { ProjectCheck, ProjectContext } from '../check';
import { evidence, fail, pass, skip, type Outcome } from '../outcome';

export const check: ProjectCheck = {
  id: 'A4',
  title: 'The pull credential is alive',
  proves: 'A token request without a scope is answered 200 with the credential, and 401 with a broken secret.',
  why: 'With a scope Harbor answers 200 to a dead robot, so that an expired one seems to log in (goharbor/harbor#15110).',
  limits: 'Does not tell an expired robot from a wrong secret or a disabled one: Harbor answers all alike.',
  upstreamCost: 'none',
  phase: 'front',
  scope: 'project',
  run,
};

async function run({ project, puller, wire }: ProjectContext): Promise<Outcome> {
  const credential = project.pullCredential;
  if (!credential) return skip('clients of this project pull anonymously');
  const alive = await puller.token(undefined, undefined, wire);
  if (alive.status !== 200)
    return fail(`${credential.username}: the token service answered ${alive.status} [${alive.requestId}]`);
  // A user is slowed down after a failed login, also in other checks that run now; a robot is not.
  if (!/^robot\W/.test(credential.username)) return pass(`${credential.username} is alive`);
  const broken = await askWithBrokenSecret(puller, credential, wire);
  if (broken.status !== 401)
    return fail(`${credential.username} with a broken secret was answered ${broken.status} [${broken.requestId}]`);
  return pass(`${credential.username} is alive, and refused with a broken secret`, [
    evidence('token life', `${alive.expiresInSeconds} s`),
  ]);
}

function askWithBrokenSecret(
  puller: RegistryClient,
  { username, password }: NonNullable<ProjectContext['project']['pullCredential']>,
  wire: ProjectContext['wire'],
): Promise<TokenAnswer> {
  const broken = { username, password: async () => `${await password()}-broken` };
  return puller.as(broken).token(undefined, undefined, wire);
}
