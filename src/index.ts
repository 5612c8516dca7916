import { appContext as contextOf, type AppContext } from './app/context';

/**
 * The library behind the command line. The use cases (`planPolicies`, `applyPolicies` …) do everything that the
 * commands do: they verify the version and the permissions, test secrets, and recognize a killed run. Nothing here
 * prints, reads the environment or exits: a context provides variables and receives the events. Functions throw only
 * the classes in errors.ts.
 */
export * from './diagnostic';
export * from './errors';
export type { Json, JsonObject } from './json';
export { describeSecretReference, isSecretReference, type SecretReference } from './secret-reference';

// The use cases.
export type { AppContext } from './app/context';
export { EVENTS_VERSION, type AppEvent } from './app/events';
export { loadFrom, loadOrThrow, type PolicySource } from './app/load';
export { withSession, type Session } from './app/session';
export { planNow, planPolicies, savePlanFile, type Planned, type PlanningOptions } from './app/plan';
export { applyPolicies, isComplete, type Applied, type ApplyOutcome, type ApplyPoliciesOptions } from './app/apply';
export { findDrift, hasDrifted, type DriftOptions } from './app/drift';
export { conformPolicies, type ConformPoliciesOptions } from './app/conform';
export { prepareReports, readHistory, writeReports } from './app/reports';
export { exportPolicies } from './app/export';
export { importPolicies } from './app/import';
export { examineHealth, examineSetup, isHealthy, type DoctorReport, type Examination } from './app/examine';
export { runDrill, type DrillAction, type DrillOptions, type Proven } from './app/drill/run-drill';
export { declaredMirrors } from './app/mirror';

// Their parts.
export type { AnyKind, Kind, Live } from './kinds/kind';
export { kinds, type ProjectSpec, type QuotaSpec, type RegistrySpec, type RobotSpec } from './kinds';

export type { Declaration, DeclaredObject, LoadResult } from './declaration/declaration';
export { loadDeclaration, type LoadOptions } from './declaration/load';
export { diagnosticsToJson, renderDiagnostics } from './declaration/render/text';
export { diagnosticsToSarif } from './declaration/render/sarif';
export { assembleSchema } from './declaration/schema/schema';
export { createSecretResolver, type ResolveSecret } from './declaration/secrets/secrets';

export { makePlan, type PlanInput } from './plan/make-plan';
export type { Change, FieldChange, Mode, Plan } from './plan/plan';
export { renderJson } from './plan/render/json';
export { renderMarkdown } from './plan/render/markdown';
export { renderText } from './plan/render/text';

export { explainRun, readJournal } from './reconcile/read-journal';
export type { ReconcileEvent } from './reconcile/reporter';
export type { ApplyReport, ChangeResult } from './reconcile/result';

export * from './conformance';

export * from './deploy';
export { checkRules, rules, waive, type Rule, type RuleFinding, type SynthesisedStack } from './rules';

/** A context with a default for each missing part: no variables, no abort, this process, and events are dropped. */
export function appContext(given: Partial<AppContext> = {}): AppContext {
  return contextOf({ pid: process.pid, ...given });
}
