import { isRecord, type Json, type JsonObject } from '../json';
import { releasesIn } from './helm-values';
import type { Rule, Violation } from './rule';
import { blocksOf, containersIn, wordsOf, type ContainerResource, type SynthesisedStack } from './synthesised';

interface Expectation {
  readonly broken: (container: ContainerResource) => boolean;
  readonly message: string;
  readonly hint: string;
}

const at = (properties: JsonObject, key: string): string => {
  const value = properties[key];
  return typeof value === 'string' ? value : '';
};

/** Each with what it prevents; the numbers of the CIS Docker Benchmark are in `why`. */
const EXPECTATIONS: readonly Expectation[] = [
  {
    broken: ({ properties }) => properties['privileged'] === true,
    message: 'is privileged',
    hint: 'no part of Harbor needs it',
  },
  ...['network_mode', 'pid_mode', 'ipc_mode', 'userns_mode'].map((key) => ({
    broken: ({ properties }: ContainerResource) => at(properties, key) === 'host',
    message: `shares the host's ${key.replace('_mode', '')} namespace`,
    hint: `leave ${key} out`,
  })),
  {
    broken: (container) =>
      !blocksOf(container, 'capabilities').some(({ drop }) => Array.isArray(drop) && drop.includes('ALL')),
    message: 'keeps capabilities',
    hint: 'drop ALL: no image needs a capability',
  },
  {
    broken: (container) => !wordsOf(container, 'security_opts').includes('no-new-privileges:true'),
    message: 'can gain privileges through a setuid program',
    hint: 'add no-new-privileges:true',
  },
  {
    broken: ({ properties }) => typeof properties['memory'] !== 'number',
    message: 'may use all memory of the host',
    hint: 'set memory, and memory_swap to the same',
  },
];

/** The chart's default fulfills the restricted profile of Kubernetes. */
const RESTRICTED: Readonly<Record<string, Json>> = {
  privileged: false,
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
};

/** `null` removes all defaults of the chart at once, so that every expectation is broken. */
function weakened(stacks: readonly SynthesisedStack[]): Violation[] {
  return releasesIn(stacks).flatMap(({ address, values }) => {
    const context = values['containerSecurityContext'];
    if (context === undefined) return [];
    const given: JsonObject = isRecord(context) ? context : {};
    const weak = Object.keys(RESTRICTED).filter(
      (key) => context === null || (key in given && given[key] !== RESTRICTED[key]),
    );
    return weak.map((key) => ({
      address: `${address}.containerSecurityContext.${key}`,
      message: 'is weaker than the default of the chart',
      hint: 'remove it from cluster.values',
    }));
  });
}

/**
 * For containers every expectation must be met, because Docker's defaults are open: a set of capabilities, setuid
 * programs, all memory of the host. For the chart only what the values change is judged, because its defaults are good.
 */
export const hp038: Rule = {
  id: 'HP038',
  title: 'containers have no more privileges than they need',
  severity: 'high',
  why: 'A registry handles untrusted content: fewer privileges limit what an exploit can do (CIS 5.4, 5.5, 5.10, 5.11, 5.16, 5.17, 5.26).',
  deployed: {
    judge: (stacks) =>
      containersIn(stacks)
        .flatMap((container) =>
          EXPECTATIONS.filter(({ broken }) => broken(container)).map(({ message, hint }) => ({
            address: container.address,
            message,
            hint,
          })),
        )
        .concat(weakened(stacks)),
    good: {
      docker_container: {
        core: { capabilities: [{ drop: ['ALL'] }], security_opts: ['no-new-privileges:true'], memory: 512 },
      },
    },
    bad: { docker_container: { core: { privileged: true } } },
  },
};
