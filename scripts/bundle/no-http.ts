/** Instead of `node:http`, of which undici asks two things: the default of a limit that we set, and a class for servers. */
export const maxHeaderSize = 16 * 1024;
export class IncomingMessage {}
