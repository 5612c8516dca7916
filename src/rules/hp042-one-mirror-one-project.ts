import type { Declared } from './declared';
import type { Rule } from './rule';

/**
 * Domains are compared in lower case, without a trailing dot and without `:443`: for a client they are the same. The
 * finding is at the later one. One project may have several domains, also the same one twice.
 */
export const hp042: Rule = {
  id: 'HP042',
  title: 'a mirror domain serves one project',
  severity: 'high',
  why: 'With two projects on one domain the order in the proxy decides which one responds, so clients can get images of the other (containers/image registries.conf: a mirror has one location).',
  declared: {
    judge: ({ conformance }: Declared) => {
      const owners = new Map<string, string>();
      return conformance.flatMap(({ project, mirrors = [], at }) =>
        mirrors.flatMap(({ domain }) => {
          const name = domain.toLowerCase().replace(/\.?(?::443)?$/, '');
          const other = owners.get(name) ?? project;
          owners.set(name, other);
          if (other === project) return [];
          return [
            {
              address: `project/${project}`,
              at,
              message: `${domain} also serves project/${other}`,
              hint: 'give each project its own domain',
            },
          ];
        }),
      );
    },
    good: {
      projects: {
        a: { conformance: { pull: ['x:1'], mirrors: [{ domain: 'a.example.com' }] } },
        b: { conformance: { pull: ['x:1'], mirrors: [{ domain: 'b.example.com' }] } },
      },
    },
    bad: {
      projects: {
        a: { conformance: { pull: ['x:1'], mirrors: [{ domain: 'm.example.com' }] } },
        b: { conformance: { pull: ['x:1'], mirrors: [{ domain: 'M.example.com' }] } },
      },
    },
  },
};
