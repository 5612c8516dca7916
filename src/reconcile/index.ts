export { apply, planHash, type ApplyOptions } from './apply';
export { openJournal, type Journal, type JournalEntry } from './journal';
export { loadPlan, savePlan, type PlanFits } from './plan-file';
export { explainRun, readJournal, type JournalReading, type JournalRun } from './read-journal';
export { readState, type ReadOptions, type State } from './read';
export { silentReporter, type ReconcileEvent, type Reporter } from './reporter';
export type { ApplyReport, ChangeResult, Difference, Outcome } from './result';
export { writeSecretFile, type SecretFileOptions } from './secret-file';
export { differenceError } from './verify';
