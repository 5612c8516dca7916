import type { RequestEvent } from '../../src/harbor';

/** How often each request was sent, by method and template of its path: `GET /projects/{}/members`. */
export function callsByTemplate(events: readonly RequestEvent[]): Map<string, number> {
  const calls = new Map<string, number>();
  for (const { method, url } of events) {
    const template = `${method} ${templateOf(url)}`;
    calls.set(template, (calls.get(template) ?? 0) + 1);
  }
  return calls;
}

function templateOf(url: string): string {
  const path = new URL(url, 'http://harbor').pathname.replace('/api/v2.0', '');
  return path.replace(/\/(?:projects|retentions)\/[^/]+/, (part) => part.replace(/[^/]+$/, '{}'));
}
