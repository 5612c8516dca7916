import { OK } from '../api/answer';
import type { Api } from '../api/api';
import { namedProjectFor } from '../api/access';
import { type Call, idParam } from '../api/call';
import { conflict, notFound } from '../errors';
import { model } from '../api/model';
import { repositoryName } from '../artifacts/repository-access';
import { getArtifact } from '../registry/artifacts';
import type { ProjectRow } from '../store/rows';
import type { Store } from '../store/store';
import { artifactFor } from './artifacts';

const Label = model('Label', { id: 'int64' });

const PATH = '/projects/:project/repositories/:repository/artifacts/:reference/labels';

/**
 * Stands in for the label operations of src/server/v2.0/handler/artifact.go. Adding a label is an event,
 * because preheating by event looks at labels; removing one is not.
 */
export function register(api: Api): void {
  const { store, artifactEvents } = api.context;
  api.post(
    PATH,
    (call) => {
      const project = namedProjectFor(store, call, 'artifact-label', 'create');
      const id = Number(call.body['id'] ?? 0);
      requireLabel(store, project, id);
      const artifact = getArtifact(store, repositoryName(call), call.params['reference'] ?? '');
      if (artifact.labelIds.includes(id)) throw conflict(`label ${id} is already added to the artifact ${artifact.id}`);
      const labelled = store.artifacts.update(artifact.id, { labelIds: [...artifact.labelIds, id] });
      const tags = store.tags.findAll('artifact', artifact.id).map(({ name }) => name);
      artifactEvents.tell({ what: 'label', artifact: labelled, tags });
      return OK;
    },
    { body: ['label', Label] },
  );
  api.delete(`${PATH}/:label_id`, (call: Call) => {
    const artifact = artifactFor(store, call, 'artifact-label', 'delete');
    const id = idParam(call, 'label_id');
    if (!artifact.labelIds.includes(id))
      throw notFound(`reference with label ${id} and artifact ${artifact.id} not found`);
    store.artifacts.update(artifact.id, { labelIds: artifact.labelIds.filter((one) => one !== id) });
    return OK;
  });
}

/** @throws HarborError 404 for a missing label and for one of another project */
function requireLabel(store: Store, project: ProjectRow, id: number): void {
  const label = store.labels.get(id);
  if (!label) throw notFound(`label ${id} not found`);
  if (label.scope === 'p' && label.projectId !== project.id)
    throw notFound(`project id ${project.id}, label ${id} not found`);
}
