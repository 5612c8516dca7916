import type { PlainAnswer, RegistryClient, WireOptions } from '../../oci';
import { printable } from '../../outside/printable';
import { failed, fine, type Seen } from './examination';

/** Harbor's own word for it: `GET /health`, which is answered to anybody. */
export async function probeComponents(registry: RegistryClient, wire: WireOptions): Promise<Seen> {
  return judgeComponents(await registry.plain({ method: 'GET', path: '/api/v2.0/health' }, wire));
}

interface HealthWire {
  readonly status?: unknown;
  readonly components?: readonly { readonly name?: unknown; readonly status?: unknown; readonly error?: unknown }[];
}

export function judgeComponents({ status, body }: Pick<PlainAnswer, 'status' | 'body'>): Seen {
  const told = status === 200 ? parse(body) : undefined;
  if (told?.status === undefined)
    return failed(
      `GET /api/v2.0/health returned ${status}, but not from Harbor`,
      "Harbor's proxy returns 502 until core is up",
    );
  const ill = (told.components ?? []).filter((component) => component.status !== 'healthy');
  if (ill.length > 0)
    return failed(
      `not healthy: ${ill.map(({ name, error }) => `${printable(String(name), 60)}${reason(error)}`).join(', ')}`,
    );
  if (told.status !== 'healthy') return failed('Harbor reports that it is not healthy');
  return fine(`${told.components?.length ?? 0} components are healthy`);
}

function reason(error: unknown): string {
  return typeof error === 'string' && error !== '' ? ` (${printable(error, 200)})` : '';
}

function parse(body: Buffer): HealthWire | undefined {
  try {
    const told: unknown = JSON.parse(body.toString('utf8'));
    return typeof told === 'object' && told !== null ? told : undefined;
  } catch {
    return undefined;
  }
}
