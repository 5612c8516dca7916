import type {
  AccessoryRow,
  ArtifactRow,
  AuditLogRow,
  BlobLinkRow,
  ImmutableTagRuleRow,
  JobExecutionRow,
  LabelRow,
  MemberRow,
  PreheatExecutionRow,
  PreheatInstanceRow,
  PreheatPolicyRow,
  PreheatTaskRow,
  ProjectBlobRow,
  ProjectRow,
  QuotaRow,
  RegistryRow,
  ReplicationExecutionRow,
  ReplicationPolicyRow,
  ReplicationTaskRow,
  RepositoryRow,
  RetentionExecutionRow,
  RetentionRow,
  RetentionTaskRow,
  RobotRow,
  ScannerRow,
  ScanReportRow,
  ScheduleRow,
  SessionRow,
  TagRow,
  UserGroupRow,
  UserRow,
} from './rows';
import { Sequence, Table, type Keys, type Row, type TableState } from './table';

/** By the type of the key, see configuration.ts. */
export type ConfigurationValue = string | number | boolean;

/** The contents of the data directory. */
export interface StoreState {
  readonly tables: Readonly<Record<string, TableState<Row>>>;
  readonly configuration: Readonly<Record<string, ConfigurationValue>>;
  readonly systemAllowlist: ProjectRow['allowlist'];
}

/**
 * Everything that Harbor would store in its database. Synchronous and in memory: a handler reads and changes
 * several tables in one step, and as long as it does not wait, no other request can see the state between.
 * Harbor uses a transaction for the same.
 */
export class Store {
  /** Shared by all kinds of jobs. Harbor's own jobs, which run since its first start, have the lower numbers. */
  private readonly executionIds = new Sequence(100);
  private readonly taskIds = new Sequence(200);
  private readonly changed = (): void => this.onChange();

  /** An index is a column that some handler searches by: its rows are found without looking at all others. */
  readonly users = new Table<UserRow, 'username'>(this.changed, { username: (row) => row.username });
  readonly projects = new Table<ProjectRow, 'name' | 'registry'>(this.changed, {
    name: (row) => row.name,
    registry: (row) => row.registryId || undefined,
  });
  readonly quotas = new Table<QuotaRow, 'project'>(this.changed, { project: (row) => row.projectId });
  readonly registries = new Table<RegistryRow, 'name'>(this.changed, { name: (row) => row.name });
  readonly robots = new Table<RobotRow, 'name' | 'project'>(this.changed, {
    name: (row) => row.name,
    project: (row) => row.projectId,
  });
  readonly members = new Table<MemberRow, 'project' | 'entity'>(this.changed, {
    project: (row) => row.projectId,
    entity: (row) => `${row.projectId}/${row.entityType}${row.entityId}`,
  });
  readonly userGroups = new Table<UserGroupRow, 'name'>(this.changed, { name: (row) => row.name });
  readonly retentions = new Table<RetentionRow, 'project'>(this.changed, { project: (row) => row.projectId });
  readonly retentionExecutions = new Table<RetentionExecutionRow, 'policy'>(
    this.changed,
    {
      policy: (row) => row.policyId,
    },
    this.executionIds,
  );
  readonly retentionTasks = new Table<RetentionTaskRow, 'execution'>(
    this.changed,
    {
      execution: (row) => row.executionId,
    },
    this.taskIds,
  );
  readonly replicationPolicies = new Table<ReplicationPolicyRow, 'name' | 'registry'>(this.changed, {
    name: (row) => row.name,
    registry: (row) => row.srcRegistryId || row.destRegistryId,
  });
  readonly replicationExecutions = new Table<ReplicationExecutionRow, 'policy'>(
    this.changed,
    {
      policy: (row) => row.policyId,
    },
    this.executionIds,
  );
  readonly replicationTasks = new Table<ReplicationTaskRow, 'execution'>(
    this.changed,
    { execution: (row) => row.executionId },
    this.taskIds,
  );
  readonly immutableTagRules = new Table<ImmutableTagRuleRow, 'project'>(this.changed, {
    project: (row) => row.projectId,
  });
  readonly schedules = new Table<ScheduleRow, 'job'>(this.changed, { job: (row) => row.job });
  readonly jobExecutions = new Table<JobExecutionRow, 'job'>(
    this.changed,
    { job: (row) => row.job },
    this.executionIds,
  );
  readonly scanners = new Table<ScannerRow, 'uuid' | 'name' | 'url'>(this.changed, {
    uuid: (row) => row.uuid,
    name: (row) => row.name,
    url: (row) => row.url,
  });
  readonly scanReports = new Table<ScanReportRow, 'digest' | 'uuid'>(this.changed, {
    digest: (row) => row.digest,
    uuid: (row) => row.reportId,
  });
  readonly preheatInstances = new Table<PreheatInstanceRow, 'name'>(this.changed, { name: (row) => row.name });
  readonly preheatPolicies = new Table<PreheatPolicyRow, 'project'>(this.changed, { project: (row) => row.projectId });
  readonly preheatExecutions = new Table<PreheatExecutionRow, 'policy'>(
    this.changed,
    { policy: (row) => row.policyId },
    this.executionIds,
  );
  readonly preheatTasks = new Table<PreheatTaskRow, 'execution'>(
    this.changed,
    { execution: (row) => row.executionId },
    this.taskIds,
  );
  readonly labels = new Table<LabelRow, 'project'>(this.changed, { project: (row) => row.projectId });
  readonly repositories = new Table<RepositoryRow, 'name' | 'project'>(this.changed, {
    name: (row) => row.name,
    project: (row) => row.projectId,
  });
  readonly artifacts = new Table<ArtifactRow, 'repository' | 'digest' | 'project'>(this.changed, {
    repository: (row) => row.repositoryId,
    digest: (row) => `${row.repositoryId}@${row.digest}`,
    project: (row) => row.projectId,
  });
  readonly tags = new Table<TagRow, 'repository' | 'artifact' | 'name'>(this.changed, {
    repository: (row) => row.repositoryId,
    artifact: (row) => row.artifactId,
    name: (row) => `${row.repositoryId}:${row.name}`,
  });
  readonly blobLinks = new Table<BlobLinkRow, 'link'>(this.changed, {
    link: (row) => `${row.repositoryName}@${row.digest}`,
  });
  readonly projectBlobs = new Table<ProjectBlobRow, 'project' | 'blob'>(this.changed, {
    project: (row) => row.projectId,
    blob: (row) => `${row.projectId}@${row.digest}`,
  });
  readonly accessories = new Table<AccessoryRow, 'artifact' | 'subject'>(this.changed, {
    artifact: (row) => row.artifactId,
    subject: (row) => `${row.repositoryName}@${row.subjectDigest}`,
  });
  readonly auditLogs = new Table<AuditLogRow, 'project'>(this.changed, { project: (row) => row.projectId });
  /** Tables that one route file declares for itself, and their saved rows. */
  private readonly own = new Map<string, Table<Row>>();
  private saved: StoreState['tables'] = {};

  readonly sessions = new Table<SessionRow, 'sid'>(this.changed, { sid: (row) => row.sid });

  /** Credentials of running scans, and the project that each may read. They do not survive their scan. */
  readonly scanPasses = new Map<string, string>();

  /** Only values that were set; defaults are in configuration.ts. */
  configuration: Record<string, ConfigurationValue> = {};
  systemAllowlist: ProjectRow['allowlist'] = { cveIds: [], creationTime: 0, updateTime: 0 };

  constructor(private readonly onChange: () => void = () => undefined) {}

  /**
   * Values of a change that was refused late, which only core's memory has. They are shown where no value was ever
   * stored.
   */
  refusedConfiguration: Record<string, ConfigurationValue> = {};

  /** The table of one route file; a table that several files use is a field. */
  table<T extends Row, Index extends string = never>(name: string, keys?: Keys<T, Index>): Table<T, Index> {
    const known = this.own.get(name) as Table<T, Index> | undefined;
    if (known) return known;
    const table = new Table<T, Index>(this.changed, keys);
    this.own.set(name, table as unknown as Table<Row>);
    const saved = this.saved[name];
    if (saved) table.restore(saved as TableState<T>);
    return table;
  }

  /** Only what was sent: the other keys keep their value, or their default. */
  setConfiguration(values: Readonly<Record<string, ConfigurationValue>>): void {
    this.configuration = { ...this.configuration, ...values };
    this.changed();
  }

  setSystemAllowlist(allowlist: ProjectRow['allowlist']): void {
    this.systemAllowlist = allowlist;
    this.changed();
  }

  /** Sessions are included, so a login survives a restart. */
  snapshot(): StoreState {
    const tables = Object.fromEntries(this.tables().map(([name, table]) => [name, table.snapshot()]));
    return { tables, configuration: this.configuration, systemAllowlist: this.systemAllowlist };
  }

  /** Tables that the saved state does not have stay empty, so that an older state can be loaded. */
  restore(state: StoreState): void {
    this.saved = state.tables;
    for (const [name, table] of this.tables()) {
      const saved = state.tables[name];
      if (saved) table.restore(saved);
    }
    this.configuration = { ...state.configuration };
    this.systemAllowlist = state.systemAllowlist;
  }

  /** Found by their type, so that a table cannot be forgotten in the saved state. */
  private tables(): [string, Table<Row>][] {
    const shared = Object.entries(this).filter((entry): entry is [string, Table<Row>] => entry[1] instanceof Table);
    return [...shared, ...this.own];
  }
}
