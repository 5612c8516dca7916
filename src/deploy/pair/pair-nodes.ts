import type { Environment } from '../environment';

/** The machines of a pair: `prod` has `prod-a` and `prod-b`, in the order of host.addresses. */
export const PAIR_NODES = ['a', 'b'] as const;
/** `a` or `b`: the end of the name of a machine. */
export type PairNode = (typeof PAIR_NODES)[number];

const NODE_NAME = /^(.+)-([ab])$/;

/** `prod-a`: machine a of the environment `prod`. */
export function splitNodeName(name: string): { readonly pair: string; readonly node: PairNode } | undefined {
  const [, pair, node] = NODE_NAME.exec(name) ?? [];
  return pair === undefined ? undefined : { pair, node: node as PairNode };
}

/** The file of a pair, and none of its machines. */
export function isWholePair({ topology, node }: Pick<Environment, 'topology' | 'node'>): boolean {
  return topology === 'pair' && node === undefined;
}

/** In the order of `host.addresses`: the first machine is `a`. */
export function nodeNames({ name }: Pick<Environment, 'name'>): readonly string[] {
  return PAIR_NODES.map((node) => `${name}-${node}`);
}

/**
 * One machine of a pair as an environment of its own: with its own address, state and prepared files. Everything that
 * is deployed on one host is deployed on it in the same way.
 */
export function nodeEnvironment(environment: Environment, node: PairNode): Environment {
  const { host = {} } = environment;
  const address = host.addresses?.[PAIR_NODES.indexOf(node)];
  return {
    ...environment,
    name: `${environment.name}-${node}`,
    host: address === undefined ? host : { ...host, address },
    node: { pair: environment.name, id: node },
  };
}
