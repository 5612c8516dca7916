/** A file of the host that is mounted into Traefik. */
export const hostPath = (description: string) =>
  ({
    description,
    type: 'string',
    // No `.` or `..` segment: the path is used unchanged for the mount and in the configuration.
    title: 'an absolute path of a file on the host, below a directory',
    pattern: '^(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+){2,}$',
    maxLength: 4096,
  }) as const;
