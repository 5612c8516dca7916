import Router from 'find-my-way';

/** Methods that Harbor's routes use; any other one is answered 404 or 405, as by Harbor. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** `path` from the root of the server, with parameters such as `/api/v2.0/projects/:project_id`. */
export interface RouteName {
  readonly method: Method;
  readonly path: string;
}

/** A route by its number in the list of routes, with the decoded parameters of the request. */
export interface Match {
  readonly index: number;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request. It knows no handlers, so sandboxes with the same routes share one. */
export interface RouteTable {
  match(method: string, target: string): Match | undefined;
  /** Methods of all routes whose path is this one. */
  methodsOf(path: string): Method[];
}

const tables = new Map<string, RouteTable>();

/** Building the table takes longer than everything else that a sandbox does when it starts. */
export function routeTable(routes: readonly RouteName[]): RouteTable {
  const key = routes.map(({ method, path }) => `${method} ${path}`).join('\n');
  const known = tables.get(key) ?? build(routes);
  tables.set(key, known);
  return known;
}

/** A path without a trailing slash and with one are the same, as in Harbor's router. */
function build(routes: readonly RouteName[]): RouteTable {
  const router = Router({ ignoreTrailingSlash: true, maxParamLength: 4096 });
  routes.forEach(({ method, path }, index) => router.on(method, path, () => undefined, { index }));
  const patterns = routes.map(
    ({ path }) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:[a-z_]+/g, '[^/]+')}/?$`),
  );
  return {
    match(method, target) {
      const found = router.find(method as Method, target);
      if (!found) return undefined;
      const { index } = found.store as Pick<Match, 'index'>;
      return { index, params: found.params as Match['params'] };
    },
    methodsOf: (path) => routes.flatMap(({ method }, i) => (patterns[i]!.test(path) ? [method] : [])),
  };
}
