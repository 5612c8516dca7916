import { ApplyError } from '../../../src/errors';
import type { Refs } from '../../../src/kinds/kind';

/** Names and ids by kind, as a read would have found them. */
export type Ids = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const IDS: Ids = {
  registry: { 'docker-hub': 1, quay: 2 },
  project: { library: 1, 'proxy.docker.io': 7, 'team-a': 8 },
  'preheat-instance': { p2p: 41 },
  'user-group': { platform: 31, cluster_admins: 32 },
};

export function tableRefs(ids: Ids = IDS): Refs {
  return {
    id(kind, identity) {
      const id = ids[kind]?.[identity];
      if (id === undefined) throw new ApplyError(`${kind}/${identity} is not known`, `${kind}/${identity}`);
      return id;
    },
    name: (kind, id) => Object.entries(ids[kind] ?? {}).find(([, known]) => known === id)?.[0],
  };
}
