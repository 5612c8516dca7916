/* eslint-disable @typescript-eslint/no-require-imports -- parts that undici's types do not name; its version is pinned */
import type { Agent as UndiciAgent, Dispatcher } from 'undici';

type Request = (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;

/** The whole of undici is four times as much to load, and none of the rest is used. */
export const Agent = require('undici/lib/dispatcher/agent') as typeof UndiciAgent;
/** What `undici` itself puts on its dispatchers when it is loaded as a whole. */
export const request = require('undici/lib/api/api-request') as Request;
