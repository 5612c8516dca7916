import type { Line } from '../../../scripts/performance/report';
import { creating, planning } from './contests';

/** The sizes over which work is measured; the largest takes minutes and is asked for. */
export async function declaring({ all }: { readonly all: boolean }): Promise<Line[]> {
  const sizes = [10, 100, 1_000, ...(all ? [10_000] : [])];
  const lines: Line[] = [];
  for (const projects of sizes) {
    const work = { projects, children: false };
    const what = `${projects.toLocaleString('en')} projects and 50 registries`;
    lines.push(await planning(`plan-${projects}`, `Plan without a change: ${what}`, work, ['robot']));
    if (projects > 1_000) continue;
    lines.push(await creating(`create-${projects}`, `Create ${what}, by robot`, work, 'robot'));
  }
  lines.push(
    await creating(
      'create-1000-user',
      'Create 1,000 projects and 50 registries, by the session of a user',
      { projects: 1_000, children: false },
      'user',
    ),
  );
  const deep = { projects: 200, children: true };
  lines.push(await creating('create-deep', 'Create 200 projects with retention and 3 members', deep, 'robot'));
  for (const as of [['robot'], ['user'], ['robot', 'user']] as const)
    lines.push(
      await planning(
        `plan-deep-${as.join('-')}`,
        `Plan without a change: 200 projects with retention and 3 members, by ${as.join(' and ')}`,
        deep,
        as,
      ),
    );
  return lines;
}
