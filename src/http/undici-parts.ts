/* oxlint-disable typescript/no-require-imports -- parts that undici's types do not name; its version is pinned */
import './parser';
import type {
  Agent as UndiciAgent,
  buildConnector,
  Client as UndiciClient,
  Dispatcher,
  Pool as UndiciPool,
} from 'undici';

type Request = (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;

/** Loading all of undici takes four times as long, and the rest is not used. */
export const Agent = require('undici/lib/dispatcher/agent') as typeof UndiciAgent;
export const Pool = require('undici/lib/dispatcher/pool') as typeof UndiciPool;
export const Client = require('undici/lib/dispatcher/client') as typeof UndiciClient;
/** What `undici` itself adds to its dispatchers when it is loaded completely. */
export const request = require('undici/lib/api/api-request') as Request;
/** Creates what connects; it returns the socket before it is connected. */
export const connector = require('undici/lib/core/connect') as typeof buildConnector;

export class Pools extends Agent {
  override request = request as Dispatcher['request'];
}
