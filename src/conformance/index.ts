export { catalogue, catalogueText, describePulls, type CatalogueEntry } from './catalogue';
export type { Check } from './check';
export { causesOf } from './cause/causes-of';
export { failedOf, type Selected } from './failed';
export { hasFeature, HARBOR_FEATURES, type HarborFeature } from './harbor-version';
export type { Evidence, Status } from './outcome';
export { REPORT_FILES, REPORT_FORMATS, renderReport, type ReportFormat } from './report/formats';
export { headline, type Headline } from './report/headline';
export { parseHistoryEntry, toHistoryEntry, withRun, HISTORY_LIMIT, type HistoryEntry } from './report/history';
export { toHtml } from './report/html';
export { toJson } from './report/json';
export { reportSchema } from './report/json-schema';
export { toJunit } from './report/junit';
export { mergeReports, MergeError, toFleet } from './report/merge';
export { parseReport } from './report/parse';
export { toText } from './report/text';
export { toUnreachable } from './report/unreachable';
export type { ConformanceEvent, ConformanceReporter } from './reporter';
export {
  instanceName,
  instancesOf,
  isConformant,
  type Cause,
  type CheckResult,
  type ConformanceReport,
  type FleetReport,
  type Rank,
  type Report,
  type RootCause,
} from './result';
export { runConformance, type ConformanceOptions } from './runner';
export { shownValue } from './secret-guard';
export { CATALOGUE, unknownChecks } from './selection';
export { inShard, parseShard, type Shard } from './shard';
export type {
  ConformanceTarget,
  MirrorTarget,
  ProjectTarget,
  PullCredential,
  UpstreamControl,
  UpstreamOrigin,
  VulnerabilityTarget,
  WriteProbe,
} from './target';
