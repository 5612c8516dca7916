import { settingsOf } from './declared';
import type { Rule } from './rule';

/**
 * `skip_audit_log_database` alone is not a finding: with an endpoint the log is kept elsewhere. Whether that endpoint
 * receives anything is not known here. An empty list of disabled events is Harbor's default and no finding.
 */
export const hp031: Rule = {
  id: 'HP031',
  title: 'the audit log is kept',
  severity: 'medium',
  why: 'After an incident the audit log is the only record of who created a robot or changed a setting; disabled events are not logged (Harbor: lib/config/metadata, disabled_audit_log_event_types).',
  declared: {
    judge: (declared) => {
      const { address, settings } = settingsOf(declared);
      const disabled = eventsOf(settings['disabled_audit_log_event_types']);
      return [
        ...(disabled.length > 0
          ? [
              {
                address,
                field: 'disabled_audit_log_event_types',
                message: `not written to the audit log: ${disabled.join(', ')}`,
                hint: 'remove disabled_audit_log_event_types; add a waiver if pulls are logged elsewhere',
              },
            ]
          : []),
        ...(settings['skip_audit_log_database'] === true && !settings['audit_log_forward_endpoint']
          ? [
              {
                address,
                field: 'skip_audit_log_database',
                message: 'skip_audit_log_database: no audit log is kept',
                hint: 'declare audit_log_forward_endpoint',
              },
            ]
          : []),
      ];
    },
    good: { configuration: { skip_audit_log_database: true, audit_log_forward_endpoint: 'syslog.example.com:514' } },
    bad: { configuration: { disabled_audit_log_event_types: ['create_robot', 'pull_artifact'] } },
  },
};

function eventsOf(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((event): event is string => typeof event === 'string' && event !== '')
    : [];
}
