import type { Refusal } from '../../diagnostic';

/** `${HOST}`, `$(HOST)` or `{{ host }}` in a URL: other tools replace it, and policies do not. */
export function placeholderIn(url: string): Pick<Refusal, 'message' | 'hint'> | undefined {
  const found = /\$\{[^}]*\}|\$\(\w+\)|\{\{[^}]*\}\}/.exec(url)?.[0];
  // Before an @ it may be part of a password, which is not repeated.
  if (found === undefined || url.includes('@')) return undefined;
  return {
    message: `${found} is not replaced: policies have no variables`,
    hint: 'write the value here; for another Harbor write it in policies/instances/NAME.yaml',
  };
}
