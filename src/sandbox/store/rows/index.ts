export type * from './access';
export type * from './artifacts';
export type * from './common';
export type * from './preheat';
export type * from './projects';
export type * from './registries';
export type * from './scanning';
export type * from './schedules';
