export { checkPair } from './check-pair';
export { isWholePair, nodeEnvironment, nodeNames, PAIR_NODES, splitNodeName, type PairNode } from './pair-nodes';
export { pairSchema, type PairEnvironment } from '../pair-schema';
