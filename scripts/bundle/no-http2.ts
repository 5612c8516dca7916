/**
 * Instead of `node:http2`, which undici loads and never uses: connections are HTTP/1.1 (`http/dispatcher.ts`). undici itself
 * does this for a Node that is built without it.
 */
export const constants = {};
