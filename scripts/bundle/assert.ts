/** Instead of `node:assert`, which is loaded when something is wrong. undici calls nothing else of it. */
export = function assert(value: unknown, message?: string): void {
  if (value) return;
  // oxlint-disable-next-line typescript/no-require-imports -- loaded only now
  const fail = require('node:assert') as (value: unknown, message?: string) => void;
  fail(value, message);
};
