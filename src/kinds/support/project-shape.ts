import type { ProjectWire } from '../../harbor/wire';
import { integer, key, mapOf, needed, only, optional, text, type Shape } from '../../shape';
import { cveAllowlistShape } from './cve-allowlist';

/** Other kinds find their projects through this list, see `inProjects`. */
export const projectShape: Shape<ProjectWire> = only<ProjectWire>({
  project_id: needed(integer),
  name: key(text),
  owner_name: optional(text),
  registry_id: optional(integer),
  repo_count: integer,
  metadata: mapOf(text),
  cve_allowlist: optional(cveAllowlistShape),
});
