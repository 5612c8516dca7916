export { writePolicies, type Policies, type WriteOptions } from './write-policies';
export type { LeftOut, WritableObject } from './place';
export { objectForm } from './without-defaults';
export type { PolicyFile } from './policy-files';
export { renderSecretList, secretNames, type SecretNames, type SecretToSet } from './secret-names';
