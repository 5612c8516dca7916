import { text } from '../api/answer';
import type { Api } from '../api/api';

export function register(api: Api): void {
  api.get('/ping', () => text('Pong', 'text/plain'));
}
