export { HOUR_MS, Pace } from './pace';
export { notPulled, renderWarmed } from './render';
export { isDone, recordsOf, type WarmOutcome, type WarmRecord } from './state';
export { warm, type WarmEvent, type WarmOptions, type Warmed } from './warm';
export { inOrderOfUse, keyOf, type LeftOut, type Wish } from './wish';
