import type { Evidence } from '../../model/outcome';
import type { Cause } from '../../model/result';

/** The challenge of Harbor sends clients elsewhere for tokens: in all projects, or in one. */
export function realmWords(host: string, realm: string): Pick<Cause, 'words' | 'whatToDo'> {
  return {
    words: `the challenge of ${host} sends clients to "${realm}" for tokens`,
    whatToDo: 'correct external_url of Harbor, and have the proxy in front pass on Host and X-Forwarded-Proto',
  };
}

/** @param project whose challenges are so, if it is not every challenge */
export function realmEvidence(realm: string, project?: string): Evidence[] {
  return [
    { label: 'realm', value: realm },
    ...(project === undefined ? [] : [{ label: 'in challenges below', value: `/v2/${project}/` }]),
  ];
}
