import { compact } from '../../compact';
import { createHash } from 'node:crypto';
import type { Diagnostic, Position } from '../../diagnostic';

/** A finding, with its owner if it has one. */
export interface SarifFinding extends Diagnostic {
  readonly waived?: { readonly owner: string; readonly expires: string; readonly reason: string };
}

/** What a report says about its producer and its rules. */
export interface SarifTool {
  readonly version: string;
  /**
   * Where a finding without a line is shown: code-scanning services refuse a report with a result that has no place.
   * Default: policies.
   */
  readonly elsewhere?: string;
  /** The description of a rule by its id, if there is one. */
  readonly about?: ReadonlyMap<string, SarifRule>;
}

/** Shown by code-scanning services next to a finding. */
export interface SarifRule {
  readonly title: string;
  readonly why: string;
  readonly severity: string;
}

/** The severity by which code-scanning services sort: 9 and more is critical, 7 high, 4 medium. */
const SECURITY_SEVERITY: Readonly<Record<string, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

/**
 * SARIF 2.1.0 for code-scanning services. A fingerprint consists of rule, path and message, not of the line: a finding
 * that moves because of a new comment above it is still the same finding.
 */
export function diagnosticsToSarif(diagnostics: readonly SarifFinding[], tool: SarifTool): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [runOf(diagnostics, tool)],
  };
}

/** A run that ended before anything was judged. */
export function failedRunToSarif(diagnostics: readonly Diagnostic[], text: string, tool: SarifTool): object {
  const failed = { executionSuccessful: false, toolExecutionNotifications: [{ level: 'error', message: { text } }] };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ ...runOf(diagnostics, tool), invocations: [failed] }],
  };
}

function runOf(diagnostics: readonly SarifFinding[], { version, about, elsewhere = 'policies' }: SarifTool): object {
  const nowhere = { file: elsewhere, line: 1, column: 1 };
  const rules = [...new Set(diagnostics.map(({ rule }) => rule))].sort();
  const driver = { name: 'breakwater', version, rules: rules.map((id) => describedRule(id, about?.get(id))) };
  const results = diagnostics.map((diagnostic) =>
    resultOf({ at: nowhere, ...diagnostic }, rules.indexOf(diagnostic.rule)),
  );
  return { tool: { driver }, columnKind: 'utf16CodeUnits', results };
}

function describedRule(id: string, about: SarifRule | undefined): object {
  if (!about) return { id };
  const { title, why, severity } = about;
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${why}\nSee: breakwater rules ${id}` },
    properties: { 'security-severity': SECURITY_SEVERITY[severity] ?? '5.5' },
  };
}

function resultOf(diagnostic: SarifFinding, ruleIndex: number): object {
  const { rule, severity, message, hint, at, waived } = diagnostic;
  const text = hint === undefined ? message : `${message} (${hint})`;
  return compact({
    ruleId: rule,
    ruleIndex,
    level: waived ? 'note' : severity,
    message: { text },
    locations: at && [locationOf(at)],
    suppressions: waived && [
      {
        kind: 'external',
        status: 'accepted',
        justification: `${waived.owner}, until ${waived.expires}: ${waived.reason}`,
      },
    ],
    partialFingerprints: { 'breakwater/v1': fingerprintOf(diagnostic) },
  });
}

function locationOf({ file, line, column, endColumn }: Position): object {
  const region = compact({ startLine: line, startColumn: column, endColumn });
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region } };
}

/** A relative reference, so that a service finds the file in its checkout. */
function uriOf(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path.replace(/^\.\//, '');
}

function fingerprintOf({ rule, path, message, at }: Diagnostic): string {
  return createHash('sha256')
    .update(JSON.stringify([rule, at?.file, path, message]))
    .digest('hex')
    .slice(0, 32);
}
