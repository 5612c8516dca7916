import { defaultSecret } from './default-secret';
import { helmValues } from './helm-values';
import type { Rule, Violation } from './rule';
import { blocksOf, containersIn, type ContainerResource, type SynthesisedStack } from './synthesised';

const known = defaultSecret(
  ['not-a-secure-key'],
  'the chart’s default secretkey',
  'set existingSecretSecretKey to the name of a Secret',
);

/**
 * The key that encrypts every stored credential: it comes from the host, read-only, and nothing else may write it.
 *
 *      mount at /etc/core/key     finding
 *      read_only: true            none
 *      writable                   core can replace the key, and no stored credential can be decrypted afterwards
 *      none                       the container has a key of its own, which is deleted with it
 */
function keyMounts(stacks: readonly SynthesisedStack[]): Violation[] {
  return containersIn(stacks)
    .filter(isCore)
    .flatMap((core) => {
      const mount = blocksOf(core, 'mounts').find(({ target }) => target === '/etc/core/key');
      if (mount?.['read_only'] === true) return [];
      const message = mount
        ? 'can write its own secretkey'
        : 'has no secretkey mounted, so Harbor would generate a new one';
      return [
        { address: core.address, message, hint: 'mount the key that prepare keeps, read-only, at /etc/core/key' },
      ];
    });
}

function isCore({ properties }: ContainerResource): boolean {
  return properties['name'] === 'harbor-core';
}

/**
 * The container is recognized by its name, `harbor-core`. A mount that can be written is a finding, too: then core can
 * replace the key. What is in the file on the host is not judged, because it is not in a stack; `prepare` writes it.
 */
export const hp003: Rule = {
  id: 'HP003',
  title: 'the secretkey comes from the host and is not the default',
  severity: 'critical',
  why: 'It encrypts the credentials of every registry: a default key does not protect them, a new key loses them all (cert.py; cozystack #2736).',
  deployed: {
    judge: (stacks) => [...known(stacks), ...keyMounts(stacks), ...helmValues(stacks, 'existingSecretSecretKey')],
    good: {
      docker_container: {
        core: {
          name: 'harbor-core',
          mounts: [{ source: '/data/secret/core/key', target: '/etc/core/key', read_only: true }],
        },
      },
    },
    bad: { docker_container: { core: { name: 'harbor-core', mounts: [] } } },
  },
};
