export type { Advisory, AdvisorySeverity, Condition, DeclaredPart } from './advisory';
export { applicable, isRelease, type Applicable } from './applicable';
export { ADVISORIES } from './list';
export { advisoryDiagnostics, advisoryHint, advisoryLine } from './words';
