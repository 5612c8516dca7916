import { differenceWords, type RegistryDifference } from '../../support/registry-drift';
import type { Evidence } from '../../model/outcome';
import type { Failure, Findings } from '../findings';
import { foundBy, isProblem, type Rule } from '../rule';
import { isFetch, isServing } from './upstream';

/** A certificate that is not verified makes no pull fail. */
const explains = ({ field, found }: RegistryDifference): boolean => field !== 'insecure' || found === 'false';

function differences(findings: Findings): readonly RegistryDifference[] {
  return (findings.drift ?? []).filter(explains);
}

/** Of a pull that fails still, although the declared upstream serves the image to us. */
function whileBroken(failure: Failure, findings: Findings): Evidence[] | undefined {
  const { origin, again, upstream, isOfRegistry } = findings;
  const isBroken =
    again === 'silent' || (again !== undefined && again >= 400 && again !== 429 && isOfRegistry !== false);
  const isAbout = isFetch(failure) || isProblem(failure, 'registry-differs') || failure.symptom === 'refused';
  if (differences(findings).length === 0 || !isServing(origin) || !isBroken || !isAbout) return undefined;
  return [
    ...differences(findings).map((one) => ({ label: 'registry in Harbor', value: differenceWords(one) })),
    { label: `${upstream ?? 'the declared upstream'}, requested from here`, value: String(origin.status) },
    { label: 'requested through Harbor again', value: again === 'silent' ? 'no response in time' : String(again) },
  ];
}

/**
 * What can be changed in place, and what cannot (docs/harbor-behavior.md 4.1, 5.1): the registry of a project and the
 * type of a registry need a new object, so the plan is shown before anything is deleted.
 */
function doAbout(found: readonly RegistryDifference[], { project }: Findings): { whatToDo: string; command?: string } {
  const registry = `registry/${project?.registry ?? ''}`;
  if (found.some(({ field }) => field === 'registry'))
    return {
      whatToDo:
        'the registry of a project cannot be changed: see the plan, then delete the project and apply, or declare this registry',
      command: `breakwater plan --target project/${project?.name ?? ''}`,
    };
  if (found.some(({ field }) => field === 'type'))
    return {
      whatToDo: 'the type cannot be changed: see the plan, then declare a registry with another name',
      command: `breakwater plan --target ${registry}`,
    };
  return {
    whatToDo: `see what was changed by hand with breakwater plan --target ${registry}, then apply the declaration`,
    command: `breakwater apply --target ${registry}`,
  };
}

const nameOf = ({ project }: Findings): string => `registry ${project?.registry ?? ''}`;

/**
 * Harbor asks another upstream, or as someone else, than declared.
 *
 *      pull through Harbor     the declared upstream, from here     cause of a difference
 *      fails                   serves the image                     registry-differs: an outage
 *      fails                   fails, too                           registry-drift at most: it may be the upstream
 *      works                   any                                  registry-drift: soon
 *
 * A certificate that Harbor does not verify, although the declaration says so, explains no failing pull.
 */
export const REGISTRY: readonly Rule[] = [
  {
    kind: 'registry-differs',
    rank: 'outage',
    party: 'declaration',
    seen: whileBroken,
    say: (_failure, findings) => ({
      words: `${nameOf(findings)} in Harbor differs from the declaration: ${differences(findings).map(differenceWords).join('; ')}`,
      ...doAbout(differences(findings), findings),
    }),
  },
  {
    kind: 'registry-drift',
    rank: 'soon',
    party: 'declaration',
    seen: (failure) => (isProblem(failure, 'registry-differs') ? [foundBy(failure)] : undefined),
    say: ({ problem }, findings) => {
      const own = (findings.drift ?? []).filter(({ field }) => field === problem?.subject);
      return {
        words: `${nameOf(findings)} in Harbor differs from the declaration: ${problem?.value ?? ''}`,
        ...doAbout(own, findings),
      };
    },
  },
];
