import type { Action, FieldChange } from '../../../src/plan/plan';
import { weightOf, type Weight } from '../../../src/plan/weight';

const weight = (kind: string, action: Action, ...fields: readonly FieldChange[]): Weight =>
  weightOf({ action, kind, identity: 'x', address: `${kind}/x`, fields, precondition: null, dependsOn: [] });
const [pull, push] = ['repository:pull', 'repository:push'];

describe('what a reviewer has to see first', () => {
  it.each<[Action, Weight]>([
    ['delete', 'destructive'],
    ['replace', 'destructive'],
    ['update', 'update'],
    ['create', 'create'],
  ])('a %s is %s', (action, expected) => expect(weight('label', action)).toBe(expected));

  it.each<[string, string, FieldChange, Weight]>([
    ['becomes public', 'project', { path: 'public', before: false, after: true }, 'widening'],
    ['becomes private', 'project', { path: 'public', before: true, after: false }, 'update'],
    ['serves what is vulnerable', 'project', { path: 'prevent_vul', before: true, after: false }, 'widening'],
    ['no longer says prevent_vul', 'project', { path: 'prevent_vul', before: true }, 'widening'],
    ['serves high ones too', 'project', { path: 'severity', before: 'high', after: 'critical' }, 'widening'],
    ['refuses more', 'project', { path: 'severity', before: 'critical', after: 'high' }, 'update'],
    ['accepts other CVEs', 'project', { path: 'cve_allowlist.items', before: [], after: ['CVE-1'] }, 'widening'],
    [
      'accepts one CVE more',
      'cve-allowlist',
      { path: 'items', before: ['CVE-1'], after: ['CVE-1', 'CVE-2'] },
      'widening',
    ],
    [
      'accepts one CVE less',
      'cve-allowlist',
      { path: 'items', before: ['CVE-1', 'CVE-2'], after: ['CVE-1'] },
      'update',
    ],
    ['may push now', 'project-member', { path: 'role', before: 'guest', after: 'developer' }, 'widening'],
    ['may still only pull', 'project-member', { path: 'role', before: 'limitedGuest', after: 'guest' }, 'update'],
    ['may less', 'project-member', { path: 'role', before: 'maintainer', after: 'developer' }, 'update'],
    ['trusts any certificate', 'registry', { path: 'insecure', before: false, after: true }, 'widening'],
    ['may push', 'robot', { path: 'access', before: [pull], after: [pull, push] }, 'widening'],
    ['may pull', 'robot', { path: 'access', before: [], after: [pull] }, 'update'],
    ['may pull from one project more', 'robot', { path: 'projects', before: {}, after: { a: [pull] } }, 'update'],
    ['may pull from all', 'robot', { path: 'projects', before: {}, after: { '*': [pull] } }, 'widening'],
    ['is enabled again', 'robot', { path: 'disable', before: true, after: false }, 'widening'],
    ['is an administrator', 'user', { path: 'sysadmin', before: false, after: true }, 'widening'],
    ['has another name', 'user', { path: 'realname', before: 'a', after: 'b' }, 'update'],
    ['has an admin group', 'configuration', { path: 'oidc_admin_group', before: '', after: 'ops' }, 'widening'],
    ['logs in elsewhere', 'configuration', { path: 'auth_mode', before: 'db_auth', after: 'oidc_auth' }, 'widening'],
  ])('it %s (%s)', (_what, kind, field, expected) => expect(weight(kind, 'update', field)).toBe(expected));

  it.each<[string, FieldChange, Weight]>([
    ['is public', { path: 'public', after: true }, 'widening'],
    ['never refused anything', { path: 'prevent_vul', after: false }, 'create'],
    ['has its own limit', { path: 'severity', after: 'critical' }, 'create'],
  ])('a new project that %s', (_what, field, expected) => {
    expect(weight('project', 'create', field)).toBe(expected);
  });
});

describe('permissions of a robot for one project', () => {
  it.each<[string, FieldChange, Weight]>([
    ['a project with a dot', { path: 'projects["proxy.docker.io"]', before: [pull], after: [pull, push] }, 'widening'],
    ['a project without one', { path: 'projects.team', before: [pull], after: [pull, push] }, 'widening'],
    ['every project', { path: 'projects["*"]', before: [pull], after: [pull, push] }, 'widening'],
    ['every project, for the first time', { path: 'projects["*"]', after: [pull] }, 'widening'],
    ['one more project, to pull', { path: 'projects["proxy.quay.io"]', after: [pull] }, 'update'],
    [
      'a project, less than before',
      { path: 'projects["proxy.quay.io"]', before: [pull, push], after: [pull] },
      'update',
    ],
  ])('%s: %s', (_where, field, expected) => expect(weight('robot', 'update', field)).toBe(expected));
});
