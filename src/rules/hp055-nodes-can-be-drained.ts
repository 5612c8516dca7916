import { isRecord, type Json, type JsonObject } from '../json';
import { releasesIn } from './helm-values';
import type { Rule, Violation } from './rule';
import { blocksOf, resourcesIn, textOf, type SynthesisedStack } from './synthesised';

const HINT = 'use maxUnavailable of 1 or more: it never stops a drain';

/** In the values of the chart: components with a budget that allows no eviction. */
function ofReleases(stacks: readonly SynthesisedStack[]): Violation[] {
  return releasesIn(stacks).flatMap(({ address, values }) =>
    Object.entries(values).flatMap(([component, settings]) => {
      const budget = isRecord(settings) ? settings['podDisruptionBudget'] : undefined;
      if (!isRecord(settings) || !isRecord(budget) || budget['enabled'] !== true) return [];
      const replicas = Number(textOf(settings['replicas']) || 1);
      // The chart creates no budget for a single pod.
      if (replicas < 2 || !blocks(budget, replicas)) return [];
      return [{ address, message: `${component}: its budget lets no pod be evicted`, hint: HINT }];
    }),
  );
}

function blocks({ minAvailable, maxUnavailable }: JsonObject, replicas: number): boolean {
  return isNone(maxUnavailable) || isAll(minAvailable, replicas);
}

/** `0` or `0%`. */
function isNone(value: Json | undefined): boolean {
  return /^0+%?$/.test(textOf(value));
}

function isAll(value: Json | undefined, replicas: number): boolean {
  const text = textOf(value);
  return text === '100%' || (/^\d+$/.test(text) && Number(text) >= replicas);
}

/** Budgets that are separate resources. */
function ofResources(stacks: readonly SynthesisedStack[]): Violation[] {
  return resourcesIn(stacks, 'kubernetes_pod_disruption_budget_v1').flatMap((resource) => {
    const [spec = {}] = blocksOf(resource, 'spec');
    const none = isNone(spec['max_unavailable']) || textOf(spec['min_available']) === '100%';
    return none ? [{ address: resource.address, message: 'its budget lets no pod be evicted', hint: HINT }] : [];
  });
}

/**
 *      replicas  minAvailable  maxUnavailable   a node can be drained
 *      1         any           any              yes: the chart creates no budget
 *      2         1             -                yes, one pod after the other
 *      2         2 or 100%     -                no
 *      2         -             0                no
 */
export const hp055: Rule = {
  id: 'HP055',
  title: 'disruption budgets let nodes be drained',
  severity: 'high',
  why: 'A budget that no eviction satisfies stops every drain, and with it the upgrade of the nodes (Kubernetes: Specifying a Disruption Budget).',
  deployed: {
    judge: (stacks) => [...ofReleases(stacks), ...ofResources(stacks)],
    good: {
      kubernetes_pod_disruption_budget_v1: { core: { spec: [{ max_unavailable: '1' }] } },
      helm_release: {
        harbor: { values: ['core: { replicas: 2, podDisruptionBudget: { enabled: true, maxUnavailable: 1 } }'] },
      },
    },
    bad: {
      helm_release: {
        harbor: { values: ['core: { replicas: 2, podDisruptionBudget: { enabled: true, minAvailable: 2 } }'] },
      },
    },
  },
};
