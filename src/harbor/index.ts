export type { Client, Created, Credentials, HarborClient, Identity, ListOptions, RequestOptions } from './client';
export type { ClientOptions, Notice, RequestEvent, Timeouts } from './client-options';
export { createClient } from './create-client';
export { proveIdentity } from './identity';
export {
  accessTable,
  seesAllProjects,
  type AccessQuestion,
  type AccessRow,
  type RobotKnowledge,
  type Verdict,
} from './access';
export { ownPermissions, probeAccess, type OwnPermissions } from './probe-access';
