import type { ApplyOutcome } from '../../../../src/app/apply';
import { accessTable } from '../../../../src/app/render/access-table';
import { applyReportToJson, applyReportToText } from '../../../../src/app/render/applied';
import { diagnosticsText } from '../../../../src/app/render/diagnostics';
import { examinationsText } from '../../../../src/app/render/examinations';
import { plain, type Paint } from '../../../../src/app/render/paint';
import { writtenAsJson, writtenAsText } from '../../../../src/app/render/written';
import type { ChangeResult, Outcome } from '../../../../src/reconcile/result';

const result = (outcome: Outcome, more: Partial<ChangeResult> = {}): ChangeResult => ({
  address: 'project/p',
  kind: 'project',
  action: 'update',
  outcome,
  ...more,
});
const report = (more: Partial<ApplyOutcome> = {}): ApplyOutcome => ({
  ok: [],
  failed: [],
  stale: [],
  skipped: [],
  unknown: [],
  differences: [],
  aborted: false,
  ...more,
});
const tagged: Paint = (style, text) => `<${style}>${text}</>`;

describe('the result of an apply', () => {
  it.each<[string, Partial<ApplyOutcome>, string]>([
    ['nothing', {}, 'Apply: 0 applied.\n'],
    [
      'all of it, one of them found as wanted',
      { ok: [result('ok'), result('ok', { adopted: true })] },
      'Apply: 2 applied (1 already as declared).\n',
    ],
    [
      'a reason, once',
      { failed: [result('failed', { detail: 'project/p: 400 from Harbor' })] },
      'failed  project/p: 400 from Harbor\nApply: 0 applied, 1 failed.\n',
    ],
    [
      'no reason',
      { unknown: [result('unknown')] },
      'unknown  project/p: no reason was given\nApply: 0 applied, 1 unknown.\n',
    ],
    [
      'what Harbor accepted and did not do',
      {
        ok: [result('ok')],
        differences: [{ address: 'project/p', message: 'project/p: public is false', fields: [] }],
      },
      'differs  project/p: public is false\nApply: 1 applied, 1 accepted by Harbor but not applied.\n',
    ],
    [
      'what could not be read; left-over objects do no harm',
      {
        unreadable: [
          { kind: 'label', address: 'label/a', reason: 'its project is gone' },
          { kind: 'label', address: 'label/b', reason: 'left over', leftOver: true },
        ],
      },
      'unreadable  label/a: its project is gone\nApply: 0 applied, 1 unreadable.\n',
    ],
    [
      'a stopped run',
      { aborted: true, skipped: [result('skipped', { detail: 'the run was stopped' })] },
      'skipped  project/p: the run was stopped\nApply stopped: 0 applied, 1 skipped.\n',
    ],
    [
      'a journal with a hole, and no second look',
      { journalError: 'disk full', unverified: 'Harbor is gone' },
      'warning  what was applied could not be verified: Harbor is gone; run plan again\n' +
        'warning  the journal is not complete: disk full\nApply: 0 applied.\n',
    ],
  ])('%s', (_case, more, expected) => {
    expect(applyReportToText(report(more), plain)).toBe(expected);
  });

  it('colors signs, never text', () => {
    const text = applyReportToText(report({ failed: [result('failed', { detail: 'why' })] }), tagged);
    expect(text).toBe('<red>failed</>  project/p: why\nApply: 0 applied, 1 failed.\n');
  });

  it('is a document without error objects', () => {
    const document = applyReportToJson(report({ failed: [result('failed', { error: new Error('secret') })] }));
    expect(document).toMatchObject({ schemaVersion: 1, aborted: false, failed: [{ address: 'project/p' }] });
    expect(JSON.stringify(document)).not.toContain('secret');
    expect(Object.keys(document)).not.toContain('journalError');
  });
});

describe('examinations', () => {
  it('are one line each, with details and the hint below', () => {
    const text = examinationsText([
      { name: 'harbor', outcome: 'ok', message: 'answers' },
      { name: 'certificate', outcome: 'error', message: 'has expired', details: ['since Monday'], hint: 'renew it' },
      { name: 'job', outcome: 'skipped', message: 'fix the error above first' },
    ]);
    const below = ' '.repeat('certificate'.length + 11);
    expect(text.split('\n')).toEqual([
      'ok       harbor       answers',
      'ERROR    certificate  has expired',
      `${below}since Monday`,
      `${below}hint: renew it`,
      'skipped  job          fix the error above first',
      '',
    ]);
  });
});

describe('what the credentials may do', () => {
  const by = (may: 'robot' | 'user' | 'unknown') => ({ may });

  it('is a table, aligned', () => {
    const row = { kind: 'project', read: by('robot'), create: by('user'), update: by('unknown') };
    const remove = { may: 'nobody', missing: 'project:delete' } as const;
    expect(accessTable([{ ...row, remove }]).split('\n')).toEqual([
      '',
      '  kind     read      create   update  delete',
      '  project  by robot  by user  ?       NO (project:delete)',
      '',
    ]);
  });

  it('names the projects if it is only partly so', () => {
    const partly = { may: 'partly', where: ['a', 'b'] } as const;
    const row = { kind: 'label', read: partly, create: partly, update: partly, remove: partly };
    expect(accessTable([row])).toContain('partly (a, b)');
  });

  it('is empty if nothing is known', () => {
    expect(accessTable([])).toBe('');
  });
});

describe('what was written', () => {
  const written = {
    directory: 'policies',
    files: [{ name: 'projects.yaml', text: '' }],
    objects: 2,
    secrets: [{ env: 'HUB_TOKEN', address: 'registry/hub', field: 'credential.access_secret' }],
    leftOut: [{ address: 'label/l', reason: 'its project is gone' }],
    unreadable: new Map([['robot', '403']]),
    differing: [],
  };

  it('lists what is to be done, without empty parts', () => {
    const text = writtenAsText(written);
    expect(text).toContain('policies: 2 objects in 1 file\n  projects.yaml\n');
    expect(text).toContain('1 secret to set, listed in policies/secrets.env.example:\n  HUB_TOKEN  registry/hub');
    expect(text).toContain('1 item left out:\n  label/l: its project is gone');
    expect(text).toContain('Not readable with these credentials:\n  robot: 403');
    expect(text).not.toContain('Error in the export');
    expect(writtenAsText({ ...written, secrets: [], leftOut: [], unreadable: new Map() })).toBe(
      'policies: 2 objects in 1 file\n  projects.yaml\n',
    );
  });

  it('is the same for programs', () => {
    expect(JSON.parse(writtenAsJson(written))).toMatchObject({
      schemaVersion: 1,
      files: ['projects.yaml'],
      objects: 2,
      unreadable: { robot: '403' },
    });
  });
});

describe('findings', () => {
  it('are painted by what they are', () => {
    const text = diagnosticsText(
      [
        { rule: 'r1', severity: 'error', message: 'wrong' },
        { rule: 'r2', severity: 'warning', message: 'odd', hint: 'look' },
      ],
      new Map(),
      tagged,
    );
    expect(text).toBe('<red>error[r1]</>: wrong\n\n<yellow>warning[r2]</>: odd\n  hint: look\n');
  });
});
