const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a directory',
  EISDIR: 'it is a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
};

/** Why a file cannot be read or written, in words: the message of Node repeats the call and the path. */
export function fileFault(error: unknown): string {
  const { code = '', message = String(error) } = (error ?? {}) as { readonly code?: string; readonly message?: string };
  return Object.hasOwn(WORDS, code) ? WORDS[code]! : message;
}
