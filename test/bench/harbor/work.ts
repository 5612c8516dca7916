import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const PASSWORD = 'Harbor12345';

/** A sandbox in a process of its own, with a robot that may do everything. */
export interface Harbor {
  readonly url: string;
  readonly upstream: string;
  readonly robot: { readonly name: string; readonly secret: string };
}

/** What is declared: proxy projects with a limit on fifty registries, with children or without. */
export interface Work {
  readonly projects: number;
  /** A retention policy and three members each. */
  readonly children: boolean;
}

export type Identity = 'robot' | 'user';

export const REGISTRIES = 50;
export const GROUPS = ['platform', 'dev', 'ops'] as const;
export const ROLES = { platform: 'maintainer', dev: 'developer', ops: 'guest' } as const;
export const CRON = '0 0 3 * * *';
export const DAYS = 30;

export function registryName(n: number): string {
  return `up-${String(n % REGISTRIES).padStart(3, '0')}`;
}

export function projectName(n: number): string {
  return `proxy-${String(n).padStart(5, '0')}`;
}

/** Policies as somebody would write them. */
export function writePolicies(folder: string, work: Work, harbor: Harbor, as: readonly Identity[]): void {
  const robot = `robot: { name: "${harbor.robot.name}", secret: { env: BENCH_ROBOT } }`;
  const user = 'username: admin, password: { env: BENCH_PASSWORD }';
  const who = [...(as.includes('robot') ? [robot] : []), ...(as.includes('user') ? [user] : [])].join(', ');
  const members = GROUPS.map((group) => `{ group: ${group}, role: ${ROLES[group]} }`).join(', ');
  const rule = `{ template: nDaysSinceLastPull, params: { nDaysSinceLastPull: ${DAYS} }, tags: "**", repositories: "**" }`;
  const children = [`retention: { schedule: "${CRON}", rules: [${rule}] }`, `members: [${members}]`];
  const lines = [
    `harbor: { url: "${harbor.url}", ${who} }`,
    ...(work.children ? [`groups: { ${GROUPS.map((group) => `${group}: { type: oidc }`).join(', ')} }`] : []),
    'registries:',
    ...Array.from(
      { length: REGISTRIES },
      (_, n) => `  ${registryName(n)}: { type: docker-registry, url: "${harbor.upstream}" }`,
    ),
    'projects:',
    ...Array.from({ length: work.projects }, (_, n) => {
      const body = [`registry: ${registryName(n)}`, 'public: true', 'storage_limit: 5GiB'];
      return `  ${projectName(n)}: { ${[...body, ...(work.children ? children : [])].join(', ')} }`;
    }),
  ];
  writeFileSync(join(folder, 'policies.yaml'), `${lines.join('\n')}\n`);
}
