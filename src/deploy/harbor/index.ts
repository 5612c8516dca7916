export { harborContainers, type HarborContainer } from './harbor-containers';
export { dynamicRange, edgeAddress, gateway, internalAddress, subnetOf } from './addresses';
export { DEFAULT_DATA_VOLUME, waitSeconds, type HarborEnvironment, type NetworkId } from './harbor-schema';
export { IMAGE_NAMES, newerReleases, newestRelease, releaseOf, type Release } from './release';
export { RECORDED_RELEASES } from './recorded';
export type { Service } from './service';
export { READ_ENV_FILE, SERVICES, type ServiceId } from '../service-ids';
export { ENV_FILE, harborServices, missingDigests, runningServices, type Digests } from './services';
