export { readArtifact, readScan, type Artifact, type ArtifactAnswer, type Scan } from './artifacts';
export { readProject, readQuota, readRetention, type ProjectAnswer } from './projects';
export { readRobot, type RobotAnswer } from './robots';
export { readHarborState, readHarborVersion, type HarborState } from './state';
export { pingUpstream, readUpstreamStatus } from './upstream';
