import { specsOf } from './declared';
import type { Rule } from './rule';

/** These replace and delete nothing: the robot that plans a pull request has them. */
const READS = /:(pull|list|read)$/;

/**
 * Only the project `*` is judged: a robot may push to projects that are listed by name, which a reviewer can read. `*`
 * also covers projects that someone else creates later. Permissions of the system (`system:`) are judged by HP044.
 */
export const hp012: Rule = {
  id: 'HP012',
  title: 'no robot may write in all projects',
  severity: 'high',
  why: 'The project "*" means every existing and future project; with push, one leaked secret can replace every image (Harbor docs: create system robot accounts).',
  declared: {
    judge: (declared) =>
      specsOf(declared, 'robot').flatMap(({ address, spec }) => {
        const more = (spec.projects?.['*'] ?? []).filter((pair) => !READS.test(pair));
        if (more.length === 0) return [];
        const message = `it has ${more.join(', ')} in every project, including future ones`;
        return [{ address, field: 'projects', message, hint: 'list the projects, or grant it only read actions' }];
      }),
    good: {
      robots: {
        r: {
          duration: 90,
          secret: { env: 'S' },
          projects: {
            '*': [
              { resource: 'repository', action: 'pull' },
              { resource: 'member', action: 'list' },
            ],
          },
        },
      },
    },
    bad: {
      robots: {
        r: {
          duration: 90,
          secret: { env: 'S' },
          projects: {
            '*': [
              { resource: 'repository', action: 'push' },
              { resource: 'repository', action: 'pull' },
            ],
          },
        },
      },
    },
  },
};
