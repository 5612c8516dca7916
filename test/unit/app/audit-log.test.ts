import { withAuditLog } from '../../../src/app/audit-log';
import { explainUnreadable } from '../../../src/app/access';
import { HarborApiError, IdentityError, NetworkError } from '../../../src/errors';
import type { Client } from '../../../src/harbor/client';
import type { Live } from '../../../src/kinds/kind';
import type { Plan } from '../../../src/plan/plan';

const URL = 'https://harbor.example.com/api/v2.0/auditlog-exts';
const refused = (status: number, harborCode?: string): HarborApiError => {
  const told = harborCode === undefined ? {} : { harborCode };
  return new HarborApiError(`GET ${URL}: ${status}`, { method: 'GET', url: URL, status, ...told });
};

const plan = {
  changes: [],
  unmanaged: [{ kind: 'project', address: 'project/shadow-it' }],
  warnings: [],
} as unknown as Plan;
const live = new Map<string, Live<object>[]>([['project', [{ identity: 'shadow-it', spec: { name: 'shadow-it' } }]]]);

/** Of the client only `get` is used. */
const answering = (answer: () => unknown): Client => ({ get: async () => answer() }) as unknown as Client;
const failing = (error: Error): Client =>
  answering(() => {
    throw error;
  });

describe('the audit log of a plan', () => {
  it.each<[string, Error, string]>([
    ["Harbor's 403", refused(403, 'FORBIDDEN'), 'these credentials may not read the audit log (audit-log:list)'],
    ["Harbor's 404", refused(404, 'NOT_FOUND'), 'this Harbor has no audit log of this kind (before 2.13)'],
    ["a proxy's 403", refused(403), `GET ${URL}: 403`],
    ["a proxy's 404", refused(404), `GET ${URL}: 404`],
    ['a busy Harbor', refused(503), `GET ${URL}: 503`],
    ['no response in time', new NetworkError('no response in 15 s', 'NETWORK_TIMEOUT', URL), 'no response in 15 s'],
  ])('is not known after %s, with the true reason', async (_case, error, problem) => {
    const { history } = await withAuditLog(plan, failing(error), live);
    expect(history).toEqual({ objects: [], problem });
  });

  it('may be an empty response', async () => {
    const { history } = await withAuditLog(
      plan,
      answering(() => undefined),
      live,
    );
    expect(history?.problem).toContain('it returned no entry');
  });

  it('does not go on after the run was stopped', async () => {
    const stopped = new NetworkError('stopped', 'NETWORK_ABORTED', URL);
    await expect(withAuditLog(plan, failing(stopped), live)).rejects.toBe(stopped);
  });
});

describe('explainUnreadable', () => {
  const nobody = { may: 'nobody', missing: 'robot:list' } as const;
  const explain = explainUnreadable([{ kind: 'robot', read: nobody, create: nobody, update: nobody, remove: nobody }]);

  it('names the missing permissions after a refusal by Harbor, not after one by a proxy', () => {
    expect(() => explain(refused(403, 'FORBIDDEN'))).toThrow(IdentityError);
    const foreign = refused(403);
    expect(() => explain(foreign)).toThrow(foreign);
  });
});
