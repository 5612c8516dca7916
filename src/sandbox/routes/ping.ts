import { text } from '../api/answer';
import type { Api } from '../api/api';

/**
 * Stands in for src/server/v2.0/handler/ping.go. The only endpoint of the API that returns plain text to
 * everyone.
 */
export function register(api: Api): void {
  api.get('/ping', () => text('Pong', 'text/plain'));
}
