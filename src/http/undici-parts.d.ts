/** Parts of undici that are loaded by themselves. Its version is pinned, and every request of a test passes through them. */
declare module 'undici/lib/dispatcher/agent' {
  import type { Agent, Dispatcher } from 'undici';
  export default class extends Agent {
    // One of the forms that undici declares; the others take another callback or a URL.
    request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData>;
  }
}
declare module 'undici/lib/api/api-request' {
  import type { Dispatcher } from 'undici';
  export default function request(
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData>;
}
