/**
 * The library behind stacks/: an environment as data, what is wrong with it in words, and the rules. Apart from index.ts,
 * because synthesis runs at every `cdktf` command, and needs neither a client nor what it would be conformed with.
 */
export { renderDiagnostics } from './declaration/render';
export * from './deploy';
export { hasErrors } from './diagnostic';
export { judgeStacks } from './rules';
