import type { PlanFinding } from '../../../../src/plan/plan';
import { findingRows } from '../../../../src/plan/render/findings';

const finding = (address: string, more: Partial<PlanFinding> = {}): PlanFinding => ({
  rule: 'HP023',
  severity: 'high',
  address,
  message: 'it becomes public',
  hint: 'set public: false',
  ...more,
});
const at = (line: number) => ({ file: 'policies/a.yaml', line, column: 1 });
const waived = { owner: 'team-a', expires: '2027-01-31', reason: 'migration' } as unknown as NonNullable<
  PlanFinding['waived']
>;

describe('rows of findings', () => {
  it.each<[string, readonly PlanFinding[], readonly string[]]>([
    ['none', [], []],
    ['one without a place', [finding('project/a')], ['project/a: it becomes public']],
    ['one with its place', [finding('project/a', { at: at(3) })], ['project/a: it becomes public (policies/a.yaml:3)']],
    [
      'equal ones on several objects are one',
      [finding('project/a', { at: at(3) }), finding('project/b', { at: at(3) }), finding('project/c', { at: at(9) })],
      ['project/a, project/b, project/c: it becomes public (policies/a.yaml:3, policies/a.yaml:9)'],
    ],
    [
      'more than ten objects are counted',
      Array.from({ length: 12 }, (_, i) => finding(`project/${i}`)),
      [`${Array.from({ length: 10 }, (_, i) => `project/${i}`).join(', ')} and 2 more: it becomes public`],
    ],
    [
      'other messages, severities and rules stay apart',
      [
        finding('project/a'),
        finding('project/a', { message: 'it grows' }),
        finding('project/a', { rule: 'HP024' }),
        finding('project/a', { severity: 'critical' }),
      ],
      [
        'project/a: it becomes public',
        'project/a: it grows',
        'project/a: it becomes public',
        'project/a: it becomes public',
      ],
    ],
  ])('%s', (_case, findings, expected) => {
    expect(findingRows({ findings }).map(({ message }) => message)).toEqual(expected);
  });

  it('come in the order of what blocks the plan', () => {
    const findings = [
      finding('a/waived', { waived }),
      finding('b/low', { severity: 'low' }),
      finding('c/high'),
      finding('d/critical', { severity: 'critical' }),
    ];
    expect(findingRows({ findings }).map(({ message, isOpen }) => [message.split(':')[0], isOpen])).toEqual([
      ['c/high', true],
      ['d/critical', true],
      ['b/low', false],
      ['a/waived', false],
    ]);
  });

  it('name the owner of a waived one, and show text of others safely', () => {
    const [row] = findingRows({ findings: [finding('project/a\u001b[2J', { waived })] });
    expect(row).toMatchObject({
      hint: 'waived by team-a until 2027-01-31: migration',
      message: 'project/a\\u001b[2J: it becomes public',
    });
  });
});
