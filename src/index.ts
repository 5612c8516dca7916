/**
 * The library behind the command line: load -> read -> plan -> render | apply, and conform. Nothing here prints,
 * reads the environment or exits; what a function throws is one of the classes in errors.ts.
 */
export * from './diagnostic';
export * from './errors';
export type { Json, JsonObject } from './json';
export { describeSecretReference, isSecretReference, type SecretReference } from './secret-reference';

export type { AnyKind, Kind, Live } from './kinds/kind';
export { kinds } from './kinds';

export type { Declaration, DeclaredObject, LoadResult } from './declaration/declaration';
export { loadDeclaration, type LoadOptions } from './declaration/load';
export { diagnosticsToJson, renderDiagnostics } from './declaration/render';
export { diagnosticsToSarif } from './declaration/render-sarif';
export { assembleSchema } from './declaration/schema';
export { createSecretResolver, type ResolveSecret } from './declaration/secrets';

export { createClient, probeAccess, proveIdentity, type Client, type HarborClient, type Identity } from './harbor';

export { makePlan, type PlanInput } from './plan/make-plan';
export type { Change, FieldChange, Mode, Plan, Refusal } from './plan/plan';
export { renderJson } from './plan/render/json';
export { renderMarkdown } from './plan/render/markdown';
export { renderText } from './plan/render/text';

export { apply, type ApplyOptions } from './reconcile/apply';
export { approve, type Approval } from './reconcile/approve';
export { openJournal, type Journal } from './reconcile/journal';
export { loadPlan, savePlan } from './reconcile/plan-file';
export { explainRun, readJournal } from './reconcile/read-journal';
export { readState, type State } from './reconcile/read';
export type { Reporter, ReconcileEvent } from './reconcile/reporter';
export type { ApplyReport, ChangeResult } from './reconcile/result';
export { checkSecretFile, writeSecretFile } from './reconcile/secret-file';

export * from './conformance';

export * from './deploy';
export { checkRules, rules, waive, type Rule, type RuleFinding, type SynthesisedStack } from './rules';
