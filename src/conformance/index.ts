export { catalogue, catalogueText, describePulls, type CatalogueEntry } from './catalogue';
export type { Check } from './model/check';
export { causesOf } from './cause/causes-of';
export { failedChecksOf, type ChosenCheck } from './run/failed-checks';
export { hasFeature, HARBOR_FEATURES, type HarborFeature } from './harbor-version';
export type { Evidence, Status } from './model/outcome';
export { REPORT_FILES, REPORT_FORMATS, renderReport, type ReportFormat } from './report/formats';
export { type Details, type RenderOptions } from './report/details';
export { headline, toSummary, type Headline } from './report/headline';
export { noticeBody, noticeOf, NOTICE_SHAPES, type Notice, type NoticeShape } from './report/notice';
export { replayOf, replayText, type Replay, type ReplayChoice } from './report/replay';
export { toMarkdown } from './report/markdown';
export { parseHistoryEntry, toHistoryEntry, withRun, HISTORY_LIMIT, type HistoryEntry } from './report/history';
export { toHtml } from './report/html';
export { toJson } from './report/json';
export { reportSchema } from './report/json-schema';
export { toJunit } from './report/junit';
export { mergeReports, MergeError, toFleet } from './report/merge';
export { parseReport } from './report/parse';
export { toText } from './report/text';
export { toUnreachable } from './report/unreachable';
export type { ConformanceEvent, ConformanceReporter } from './model/events';
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
} from './model/result';
export { reserveOf, type RateLimit } from './pull/rate-limit';
export type { Caching } from './pull/caching';
export { openCachePuller, type CachePuller, type WarmedPull } from './pull/cache-puller';
export { runConformance, type ConformanceOptions } from './run/runner';
export { toSerialGroups } from './run/serial-groups';
export {
  certificateCauses,
  illCause,
  missingRightCause,
  registryCause,
  robotCause,
  unavailableCause,
  unreachableCause,
  type AskedRobot,
} from './run/health-causes';
export { WARN_DAYS as CERTIFICATE_WARN_DAYS } from './checks/t1-certificate';
export { describePlain, errorCode, errorText, isFailureOfCore, raiseLimit } from './answer-words';
export { shownValue } from './run/secret-guard';
export { CATALOGUE, unknownChecks } from './selection';
export { inShard, parseShard, type Shard } from './model/shard';
export type {
  ConformanceTarget,
  MirrorTarget,
  ProjectTarget,
  PullCredential,
  UpstreamControl,
  UpstreamOrigin,
  VulnerabilityTarget,
  WriteProbe,
} from './model/target';
