import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An overlay: the robot of the policies logs in instead of the user. */
export const BY_ROBOT = 'by-robot.overlay';

/** Something of what declarations usually contain. */
export function writePolicies(folder: string, { url, upstream }: { url: string; upstream: string }): void {
  const policies = `
harbor: { url: "${url}", username: admin, password: { env: HARBOR_PASSWORD } }
groups: { platform: { type: oidc } }
robots:
  reader:
    duration: 1
    secret: { env: READER_SECRET }
    system: [${allowed('list', ['project', 'registry', 'user-group', 'robot', 'quota'])}, ${allowed('read', ['garbage-collection', 'robot'])}]
    projects: { '*': [${allowed('read', ['project', 'tag-retention'])}, ${allowed('list', ['member', 'tag-retention'])}] }
registries:
  hub: { type: docker-registry, url: "${upstream}" }
  quay: { type: docker-registry, url: "${upstream}" }
projects:
  docker.io:
    registry: hub
    public: true
    storage_limit: 5GiB
    retention: { schedule: "0 0 3 * * *", rules: [{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: 30 }, tags: "**", repositories: "**" }] }
    members: [{ group: platform, role: maintainer }]
    conformance: { pull: [library/alpine:3.20] }
  quay.io: { registry: quay, public: true, storage_limit: unlimited }
schedules: { gc: { cron: "0 0 4 * * *", delete_untagged: true, workers: 4 } }
`;
  writeFileSync(join(folder, 'policies.yaml'), policies);
  const byRobot =
    'harbor: { username: null, password: null, robot: { name: "robot$reader", secret: { env: READER_SECRET } } }';
  writeFileSync(join(folder, BY_ROBOT), `${byRobot}\n`);
}

function allowed(action: string, resources: readonly string[]): string {
  return resources.map((resource) => `{ resource: ${resource}, action: ${action} }`).join(', ');
}
