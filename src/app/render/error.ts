import { failedRunToSarif } from '../../declaration/render/sarif';
import { version } from '../version';
import { diagnosticsText } from './diagnostics';
import type { Diagnostic } from '../../diagnostic';
import {
  BreakwaterError,
  DeclarationError,
  HarborApiError,
  IdentityError,
  NetworkError,
  PlanRefusedError,
  PolicyViolationError,
  SecretError,
  UsageError,
} from '../../errors';
import { diskFault } from '../../outside/disk-fault';
import { printable } from '../../outside/printable';
import { cautionMarkdown } from './caution';
import { jsonDocument } from './json-document';

const NOT_READY = 'Harbor is starting, overloaded or stopped: `breakwater health --wait 10m` waits until it is ready';

/** One error in words: what failed, where, what to do. Causes and stacks only on request. */
export function describeError(error: unknown, verbose: boolean): string {
  return described(error, verbose, error instanceof DeclarationError && error.isTold);
}

/** @param isTold the findings of the declaration were printed already */
function described(error: unknown, verbose: boolean, isTold: boolean): string {
  if (!(error instanceof BreakwaterError)) return `error: ${unexpected(error, verbose)}\n`;
  const lines = [`error[${error.code}]: ${error.message}`, ...hints(error).map((hint) => `  hint: ${hint}`)];
  if (error instanceof DeclarationError && !isTold) lines.push(...findings(error.diagnostics));
  if (verbose && error.cause instanceof Error) lines.push(`  cause: ${printable(error.cause.message)}`);
  return `${lines.join('\n')}\n`;
}

/**
 * The same as one document; nothing for text formats.
 * @param otherwise code of an unexpected error
 */
export function errorAs(format: string | undefined, error: unknown, otherwise?: string): string {
  if (format === 'json') return errorAsJson(error, otherwise);
  if (format === 'sarif') return errorAsSarif(error);
  return format === 'markdown' ? errorAsMarkdown(error) : '';
}

/**
 * The same for programs.
 * @param otherwise code of an unexpected error
 */
export function errorAsJson(error: unknown, otherwise?: string): string {
  return jsonDocument({ error: errorOf(error, otherwise) });
}

/** An error as part of a JSON document. */
export function errorOf(error: unknown, otherwise = 'INTERNAL'): object {
  const known = error instanceof BreakwaterError ? error : undefined;
  const code = known?.code ?? otherwise;
  const message = error instanceof Error ? printable(error.message) : String(error);
  const findings = error instanceof DeclarationError ? { findings: error.diagnostics } : {};
  const refusals = error instanceof PlanRefusedError ? { refusals: error.refusals } : {};
  const said = known ? { hints: hints(known) } : {};
  const violations = error instanceof PolicyViolationError ? { findings: error.findings } : {};
  return { code, message, ...said, ...findings, ...violations, ...refusals };
}

/** The same for a code-scanning service: findings in files at their lines, other errors as a failed run. */
export function errorAsSarif(error: unknown): string {
  const diagnostics = error instanceof DeclarationError ? error.diagnostics : [];
  const text = describeError(error, false).trimEnd();
  return `${JSON.stringify(failedRunToSarif(diagnostics, text, { version }), null, 2)}
`;
}

/** The same for a comment or a job summary, whose reader does not see what was printed before. */
function errorAsMarkdown(error: unknown): string {
  return cautionMarkdown(described(error, false, false).trimEnd().split('\n'));
}

/** Below the error that contains them, as in `validate`. */
function findings(diagnostics: readonly Diagnostic[]): string[] {
  const text = diagnosticsText(diagnostics).trimEnd();
  return text === '' ? [] : text.split('\n').map((line) => (line === '' ? '' : `  ${line}`));
}

function hints(error: BreakwaterError): string[] {
  if ((error instanceof NetworkError || error instanceof IdentityError || error instanceof UsageError) && error.hint)
    return [error.hint];
  if (error instanceof PlanRefusedError)
    return error.refusals.map(({ rule, message, hint }) => `[${rule}] ${message} — ${hint}`);
  if (error instanceof PolicyViolationError)
    return error.findings.map(({ rule, address, message, hint }) => `[${rule}] ${address}: ${message} — ${hint}`);
  if (error instanceof SecretError && error.code === 'SECRET_UNSET')
    return ['set it in this shell or in the CI job; `breakwater doctor` checks all declared secrets'];
  return error instanceof HarborApiError ? apiHints(error) : [];
}

const BUSY_HINTS: Readonly<Record<number, string>> = {
  429: 'Harbor or the proxy in front of it limits requests: wait a minute, then run this again',
  502: NOT_READY,
  503: NOT_READY,
  504: NOT_READY,
};

/**
 * With a code, the answer is certainly Harbor's, and its log has more. Without one it may be a proxy in front
 * of it.
 */
function apiHints({ status, details, isHarbors }: HarborApiError): string[] {
  const busy = BUSY_HINTS[status];
  const inLog = details.requestId && `Harbor's log has details: request id ${details.requestId}`;
  if (!inLog) return busy ? [busy] : [];
  if (busy) return [busy, inLog];
  return [isHarbors ? inLog : `check that the URL is a Harbor; if it is, ${inLog}`];
}

/** A full or broken disk is not a bug of Breakwater, although it arrives as an unknown error. */
function unexpected(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return String(error);
  const fault = diskFault(error);
  if (fault && !verbose) return `this machine ${fault.words}: ${printable(error.message)}\n  hint: ${fault.whatToDo}`;
  return verbose && error.stack
    ? error.stack
    : `${printable(error.message)}\n  This is a bug in Breakwater: run again with --verbose and report the output.`;
}
