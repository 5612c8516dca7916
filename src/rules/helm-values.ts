import type * as Yaml from 'yaml';
import { isRecord, type Json, type JsonObject } from '../json';
import type { Violation } from './rule';
import { resourcesIn, wordsOf, type SynthesisedStack } from './synthesised';

/** A Helm release with the values that the chart gets. */
export interface Release {
  /** `cluster/helm_release.harbor` */
  readonly address: string;
  readonly values: JsonObject;
}

/**
 * Later values of a release replace earlier ones, at the top level alone: Helm would merge the maps below, too. The
 * stacks here write one document for each release, so there is nothing to merge.
 */
export function releasesIn(stacks: readonly SynthesisedStack[]): Release[] {
  return resourcesIn(stacks, 'helm_release').map((release) => {
    const documents = wordsOf(release, 'values').map(parse);
    return {
      address: release.address,
      values: Object.assign({}, ...documents.filter((one) => isRecord(one))) as JsonObject,
    };
  });
}

function parse(text: string): Json {
  // oxlint-disable-next-line typescript/no-require-imports -- `validate` loads the rules and has no Helm release
  return (require('yaml') as typeof Yaml).parse(text) as Json;
}

/** A value by its dotted path. */
export function valueOf(values: JsonObject, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((inner, key) => (isRecord(inner) ? inner[key] : undefined), values);
}

/** A value that every release must set, because the chart's default is publicly known. */
export function helmValues(stacks: readonly SynthesisedStack[], path: string): Violation[] {
  return releasesIn(stacks).flatMap(({ address, values }) => {
    const value = valueOf(values, path);
    if (typeof value === 'string' && value !== '') return [];
    return [
      {
        address,
        message: `does not set ${path}`,
        hint: 'use a Secret of the cluster: the default of the chart is public',
      },
    ];
  });
}
