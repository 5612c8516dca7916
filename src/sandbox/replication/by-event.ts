import type { ArtifactEvent } from '../context/listeners';
import type { Context } from '../context';
import type { ReplicationPolicyRow } from '../store/rows';
import type { Store } from '../store/store';
import { wantedBy } from './names';
import { artifactResource, type Resource } from './resources';
import { startReplication } from './run';

const OPERATIONS = { push: 'copy', tag: 'copy', delete: 'deletion', untag: 'tag deletion' } as const;

/** Starts the event-based policies from this Harbor to others, for each artifact that they select. */
export function listenForArtifacts(context: Context): void {
  context.artifactEvents.listen((event) => {
    if (event.what === 'label') return;
    const operation = OPERATIONS[event.what];
    for (const policy of context.store.replicationPolicies.all().filter(isByEvent)) {
      if (operation !== 'copy' && !policy.deletion) continue;
      const resource = resourceFor(context.store, policy, event);
      if (resource) startReplication(context, policy, 'event_based', { resource, operation });
    }
  });
}

function isByEvent({ enabled, trigger, srcRegistryId }: ReplicationPolicyRow): boolean {
  return enabled && trigger?.type === 'event_based' && srcRegistryId === 0;
}

/** Undefined if the filters of the policy leave nothing. */
function resourceFor(
  store: Store,
  { filters }: ReplicationPolicyRow,
  { artifact: { repositoryName, digest, labelIds }, tags }: ArtifactEvent,
): Resource | undefined {
  const wanted = wantedBy(filters);
  if (!wanted.matchesName(repositoryName)) return undefined;
  const labels = labelIds.flatMap((id) => store.labels.get(id)?.name ?? []);
  return artifactResource(repositoryName, [{ digest, tags, labels }], wanted)[0];
}
