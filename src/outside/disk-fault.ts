/** Why a file operation on this machine failed, if its disk or its limits are the reason. */
export interface DiskFault {
  /** Follows "this machine": `has no space left on its disk`. */
  readonly words: string;
  readonly whatToDo: string;
}

const FAULTS: Readonly<Record<string, DiskFault>> = {
  ENOSPC: { words: 'has no space left on its disk', whatToDo: 'free space on the machine that runs breakwater' },
  EDQUOT: {
    words: 'has no disk quota left for this user',
    whatToDo: 'free space of this user on the machine that runs breakwater',
  },
  EROFS: {
    words: 'has a read-only file system there',
    whatToDo: 'mount it writable on the machine that runs breakwater, or use another directory',
  },
  EIO: { words: 'has a disk that fails', whatToDo: 'check the disk and the kernel log of this machine' },
  EMFILE: {
    words: 'allows no more open files',
    whatToDo: 'raise its limit (ulimit -n), or lower --concurrency',
  },
  ENFILE: { words: 'allows no more open files', whatToDo: 'check what else runs on it' },
  EACCES: {
    words: 'does not let this user use a file',
    whatToDo: 'check the owner and the mode of the file that the message names',
  },
  EPERM: {
    words: 'does not let this user use a file',
    whatToDo: 'check the owner and the mode of the file that the message names',
  },
};

/**
 * Undefined if it is not an error of the file system. A connection may also be refused with EACCES: it has an address.
 */
export function diskFault(thrown: unknown): DiskFault | undefined {
  const { code, address } = (thrown ?? {}) as { code?: unknown; address?: unknown };
  return address === undefined && typeof code === 'string' ? FAULTS[code] : undefined;
}
