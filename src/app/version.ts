import { packageManifest } from '../deploy/package-files';

/** The package's version. */
export const version = packageManifest().version ?? '0.0.0';
