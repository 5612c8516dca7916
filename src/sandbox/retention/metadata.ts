const template = (rule_template: string, display_text: string, unit?: string): object => ({
  action: 'retain',
  display_text,
  params: unit === undefined ? [] : [{ required: true, type: 'int', unit }],
  rule_template,
});

/** Body of `GET /retentions/metadatas`: the choices that the portal offers. */
export const RETENTION_METADATA = {
  scope_selectors: [{ decorations: ['repoMatches', 'repoExcludes'], display_text: 'Repositories', kind: 'doublestar' }],
  tag_selectors: [{ decorations: ['matches', 'excludes'], display_text: 'Tags', kind: 'doublestar' }],
  templates: [
    template('latestPushedK', 'the most recently pushed # artifacts', 'COUNT'),
    template('latestPulledN', 'the most recently pulled # artifacts', 'COUNT'),
    template('nDaysSinceLastPush', 'pushed within the last # days', 'DAYS'),
    template('nDaysSinceLastPull', 'pulled within the last # days', 'DAYS'),
    template('always', 'always'),
  ],
};
