export * from './declaration';
export * from './harbor';
export * from './planning';
export * from './values';
