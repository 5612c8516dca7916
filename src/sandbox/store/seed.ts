import { hashSecret } from './secret';
import type { Store } from './store';

/** A fresh database: user 1 `admin`, user 2 a deleted row, project 1 `library` (docs/harbor-behavior.md 1.9). */
export function seed(store: Store, password: string, now: number): void {
  const times = { creationTime: now, updateTime: now };
  const admin = store.users.insert({
    ...times,
    username: 'admin',
    email: '',
    realname: 'system admin',
    comment: 'admin user',
    sysadmin: true,
    password: hashSecret(password),
  });
  store.users.skipTo(2);
  const library = store.projects.insert({
    ...times,
    name: 'library',
    ownerId: admin.id,
    registryId: 0,
    metadata: { public: 'true' },
    allowlist: { cveIds: [], creationTime: 0, updateTime: 0 },
  });
  store.quotas.insert({ ...times, projectId: library.id, hardBytes: -1, usedBytes: 0 });
  store.members.insert({ ...times, projectId: library.id, entityType: 'u', entityId: admin.id, roleId: 1 });
}
