/** Instead of `node:assert`, which is loaded when something is wrong. undici calls nothing else of it. */
export = function assert(value: unknown, message?: string): void {
  if (value) return;
  const fail: (value: unknown, message?: string) => void = process.getBuiltinModule('node:assert');
  fail(value, message);
};
