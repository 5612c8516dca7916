export { unreadOutcome, type Unread } from './ask';
export { readArtifact, readScan, type Artifact, type ArtifactAnswer, type Scan, type ScanAnswer } from './artifacts';
export { hasScanner, readProject, readQuota, readRetention, type ProjectAnswer } from './projects';
export { readRobot, type RobotAnswer } from './robots';
export { readHarborState, readHarborVersion, type Disk, type HarborState } from './state';
export {
  pingRegistry,
  pingUpstream,
  readRegistry,
  registryIdOf,
  readUpstreamStatus,
  upstreamStatusPoll,
  type LiveRegistry,
} from './upstream';
