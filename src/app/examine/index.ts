export { examineSetup, type DoctorOptions, type DoctorReport } from './doctor';
export { isHealthy, type Examination } from './examination';
export { examineHealth } from './health';
