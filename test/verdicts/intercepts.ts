import { Front } from './front';
import { json, page, type Expected, type Fault } from './injections';
import type { World, WorldOptions } from './world';

export type Intercept = Front['intercept'];

export const isManifest = (url: string): boolean => /^\/v2\/.+\/manifests\//.test(url);
export const isBlob = (url: string): boolean => /^\/v2\/.+\/blobs\//.test(url);
export const isPull = (url: string): boolean => isManifest(url) || isBlob(url);

export const where =
  (isSo: (url: string) => boolean, intercept: Intercept): Intercept =>
  (incoming, response) =>
    isSo(incoming.url ?? '') ? intercept(incoming, response) : false;

export const errors =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Intercept =>
  (_incoming, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    return json(response, status, { errors: [{ code, message: 'no' }] });
  };

export const bare =
  (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Intercept =>
  (_incoming, response) => {
    response.writeHead(status, headers).end(body);
    return true;
  };

export const pages =
  (status: number): Intercept =>
  (_incoming, response) =>
    page(response, status);

export const reset: Intercept = (incoming) => {
  incoming.socket.destroy();
  return true;
};

/** Between Harbor and the upstream of the public project: Harbor's side alone. */
export const atGate = (intercept: Intercept, causes: readonly Expected[]): Fault => ({
  arrange: ({ gate }) => void (gate.intercept = intercept),
  causes,
});

export const atFront = (
  intercept: (world: World) => Intercept,
  causes: readonly Expected[],
  options?: WorldOptions,
): Fault => ({
  ...(options && { options: () => options }),
  arrange: (world) => void (world.front.intercept = intercept(world)),
  causes,
});

/** The upstream of the public project is so to everybody. */
export const upstreamIs = (
  arrange: (wall: Front, world: World) => unknown,
  causes: readonly Expected[],
  options?: WorldOptions,
): Fault => ({
  ...(options && { options: () => options }),
  arrange: async (world) => {
    const wall = await Front.start();
    wall.target = world.upstream;
    world.closing.push(() => wall.close());
    await arrange(wall, world);
    world.gate.target = wall;
    world.redeclare('open', { origin: { ...world.target.projects[0]!.origin!, url: wall.url } });
  },
  causes,
});

export const upstreamAnswers = (intercept: Intercept, causes: readonly Expected[]): Fault =>
  upstreamIs((wall) => void (wall.intercept = intercept), causes);
