import { compact } from '../../compact';
import { NOT_RUN } from '../model/outcome';
import { instancesOf, type Report } from '../model/result';

/** One check of one project, or of the front door if there is no project. */
export interface ChosenCheck {
  readonly id: string;
  readonly project?: string;
}

/**
 * Failed and undetermined checks of one Harbor in a report.
 * @param instance its name in a fleet
 */
export function failedChecksOf(report: Report, instance: string | undefined): readonly ChosenCheck[] {
  const same = instancesOf(report).filter((one) => one.instance === instance);
  return same.flatMap(({ results }) =>
    results
      .filter(
        ({ status, message }) =>
          status === 'fail' || status === 'error' || (status === 'skip' && message.startsWith(NOT_RUN)),
      )
      .map(({ id, project }) => compact({ id, project })),
  );
}

/** Whether it has to run; without a selection everything has to. */
export function isChosen(wanted: readonly ChosenCheck[] | undefined, id: string, project?: string): boolean {
  return wanted === undefined || wanted.some((one) => one.id === id && one.project === project);
}
