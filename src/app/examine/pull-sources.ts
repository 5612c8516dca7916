import { BreakwaterError } from '../../errors';
import type { WireOptions } from '../../oci';
import { conformanceTarget } from '../conformance-target';
import type { PullSource } from './pull';
import { objectsOf } from '../objects-of';
import type { Session } from '../session';

/** Every declared project, with the credential that its clients have, else with that of the administrator. */
export async function pullSources({ declaration, harbor, secret, ca }: Session): Promise<readonly PullSource[]> {
  const given = ca === undefined ? {} : { ca };
  const target = conformanceTarget({ declaration, harbor, secret, only: [], ...given });
  const proven = new Map(target.projects.map((project) => [project.name, project.pullCredential]));
  const names = objectsOf(declaration, 'project').map(({ name }) => name);
  const sources: PullSource[] = [];
  for (const project of [...new Set([...proven.keys(), ...names])]) {
    const credential = proven.get(project);
    if (credential && (await resolves(credential.password))) sources.push({ project, credential });
    // A robot for the API need not be one that may pull: its refusal would say nothing.
    else if (harbor.robot === undefined && target.apiCredential)
      sources.push({ project, credential: target.apiCredential });
  }
  return sources;
}

async function resolves(password: () => string | Promise<string>): Promise<boolean> {
  try {
    await password();
    return true;
  } catch (error) {
    if (error instanceof BreakwaterError) return false;
    throw error;
  }
}

export function wireOf(signal: AbortSignal): WireOptions {
  return { record: () => undefined, signal };
}
