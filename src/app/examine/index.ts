export { cachedArtifacts, type CachedArtifact } from '../drill/cached-artifacts';
export { probeCertificate } from './certificate';
export { probeComponents } from './components';
export { examine, type Patience } from './examine';
export { probeJob } from './job';
export { failed, fine, isHealthy, type Probe, type ProbeResult, type Seen } from './examination';
export { nameOf, probePull, pullProblem, type PullSource } from './pull';
export { chooseKnown, parseKnown, type KnownArtifacts } from '../drill/known-artifacts';
export { pingRegistries, type RegistryPing } from '../drill/stored-credentials';
