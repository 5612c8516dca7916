/** Not in the bundle: a script from bytecode has no `import()`. */
export function importFrom(url: string): Promise<unknown> {
  return import(url);
}
