/**
 * The result for the last text is kept: a file may have thousands of scripts, and each asks the same about the whole file.
 */
export function oncePerText<T>(make: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly made: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, made: make(text) };
    return last.made;
  };
}
