import type { Access } from '../store/rows';

/** Permissions that a robot can have at system level, in Harbor's order (src/common/rbac/const.go). */
export const SYSTEM_PERMISSIONS = pairs(`audit-log:list preheat-instance:read,create,delete,list,update
  project:list,create replication-policy:read,create,delete,list,update replication:read,create,list
  replication-adapter:list registry:read,create,delete,list,update scan-all:read,update,stop,create
  system-volumes:read garbage-collection:read,create,list,update,stop purge-audit:read,create,list,update,stop
  jobservice-monitor:list,stop scanner:read,create,delete,list,update label:read,create,delete,update
  security-hub:read,list catalog:read quota:read,list robot:create,read,list,delete
  user:create,read,update,list,delete ldap-user:create,list quota:update
  user-group:create,read,update,list,delete`);

/** Permissions that a robot can have on a project. */
export const PROJECT_PERMISSIONS = pairs(`log:list project:read,delete,update
  metadata:read,create,delete,list,update repository:read,update,delete,list,pull,push
  artifact:read,create,list,delete scan:create,read,stop sbom:create,stop,read tag:create,list,delete accessory:list
  artifact-addition:read artifact-label:create,delete scanner:create,read
  preheat-policy:read,create,delete,list,update immutable-tag:create,delete,list,update
  notification-policy:read,create,delete,list,update tag-retention:read,create,delete,list,update
  label:read,create,delete,list,update quota:read robot:create,read,list,delete export-cve:create,read
  member:create,read,update,list,delete`);

/** The order of the text is that of Harbor's answer, so it is part of the recording. */
function pairs(text: string): readonly Access[] {
  return text.split(/\s+/).flatMap((entry) => {
    const [resource, actions] = entry.split(':') as [string, string];
    return actions.split(',').map((action) => ({ action, resource }));
  });
}
