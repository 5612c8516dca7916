/**
 * The library behind stacks/: an environment as data, its findings, and the rules. It is separate from index.ts because
 * every `cdktf` command runs the synthesis, which needs neither a client nor the conformance checks.
 */
export { renderDiagnostics } from './declaration/render/text';
export * from './deploy';
export { hasErrors } from './diagnostic';
export { judgeStacks } from './rules';
