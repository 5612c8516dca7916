export {
  catalogue,
  catalogueText,
  parseShard,
  REPORT_FORMATS,
  shownValue,
  toJson,
  toText,
  type ReportFormat,
} from '../../conformance';
