import { compact } from '../../compact';
import { createHash } from 'node:crypto';
import { counted } from '../answer-words';
import { instanceName, instancesOf, type Report } from '../model/result';
import { causesIn, headline, toDo, type Headline } from './headline';

/** The bodies that receivers accept: `json` is our own, with `schemaVersion`. */
export const NOTICE_SHAPES = ['json', 'slack', 'teams'] as const;
/** A value of `report notify --as`. */
export type NoticeShape = (typeof NOTICE_SHAPES)[number];

/** A notification about a run, and what distinguishes it from the previous one. */
export interface Notice {
  readonly state: Headline['kind'];
  /** Identifies the problems: unchanged while no problem appears or disappears. */
  readonly fingerprint: string;
  readonly headline: Headline;
  readonly causes: readonly NoticeCause[];
  readonly harbors: readonly string[];
  readonly startedAt: string;
}

/** The same as in the report, shortened: a chat message has room for ten causes and ten projects. */
export interface NoticeCause {
  readonly kind: string;
  readonly rank: string;
  readonly party: string;
  readonly words: string;
  readonly harbor: string;
  /** The first ones. */
  readonly projects: readonly string[];
  readonly projectCount: number;
  readonly checks: readonly string[];
  readonly toDo?: string;
}

/** A chat message has room for this many. */
const MOST_CAUSES = 10;
const MOST_PROJECTS = 10;

/** Whether to send it is decided by the caller, which compares the fingerprint with the one of the previous run. */
export function noticeOf(report: Report): Notice {
  const told = headline(report);
  const causes = causesIn(report).filter(({ cause }) => cause.rank !== 'known');
  return {
    state: told.kind,
    fingerprint: fingerprintOf(told, report),
    headline: told,
    causes: causes.slice(0, MOST_CAUSES).map(({ instance, cause }) => {
      const does = toDo(cause);
      return compact<NoticeCause>({
        ...{ kind: cause.kind, rank: cause.rank, party: cause.party, words: cause.words },
        harbor: instanceName(instance),
        projects: cause.projects.slice(0, MOST_PROJECTS),
        projectCount: cause.projects.length,
        checks: [...new Set(cause.checks.map(({ id }) => id))],
        toDo: does,
      });
    }),
    harbors: instancesOf(report).map(instanceName),
    startedAt: report.startedAt,
  };
}

/**
 * By kind, Harbor and projects of every cause, because messages contain dates and numbers that change by themselves.
 */
function fingerprintOf({ kind }: Headline, report: Report): string {
  const causes = causesIn(report)
    .filter(({ cause }) => cause.rank !== 'known')
    .map(({ instance, cause }) => {
      const what = cause.rank === 'undetermined' ? cause.checks.map(({ id }) => id).sort() : [cause.kind];
      return [instanceName(instance), ...new Set(what), ...[...cause.projects].sort()].join(' ');
    });
  const text = JSON.stringify([kind, report.complete, ...causes.sort()]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * The body of a request to a webhook.
 * @param link to the full report
 */
export function noticeBody(notice: Notice, shape: NoticeShape, link?: string): string {
  if (shape === 'slack') return JSON.stringify(toSlack(notice, link));
  if (shape === 'teams') return JSON.stringify(toTeams(notice, link));
  const { headline: told, ...rest } = notice;
  const { verdict, words, whatToDo } = told;
  // JSON omits undefined values.
  return JSON.stringify({ schemaVersion: 1, verdict, worst: words, toDo: whatToDo, ...rest, link });
}

const SIGN = { pass: '✅', fail: '❌', error: '⚠️' } as const;

function causeText({ words, harbor, projects, projectCount, toDo: does }: NoticeCause, isFleet: boolean): string {
  const where = projectCount === 0 ? 'front door' : projects.slice(0, 3).join(', ');
  const rest = projectCount > 3 ? ` and ${counted(projectCount - 3, 'more project')}` : '';
  return `${words} (${isFleet ? `${harbor} ` : ''}${where}${rest})${does === undefined ? '' : ` — ${does}`}`;
}

/** Slack reads `<`, `>` and `&` as markup. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function toSlack({ state, headline: { verdict }, causes, harbors }: Notice, link: string | undefined): object {
  const lines = causes.map((cause) => `• ${slackText(causeText(cause, harbors.length > 1))}`);
  const title = `${SIGN[state]} ${slackText(verdict)}`;
  const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 2_900) } });
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      ...(lines.length > 0 ? [section(lines.join('\n'))] : []),
      ...(link === undefined ? [] : [section(`<${link}|report>`)]),
    ],
  };
}

/** An Adaptive Card, for workflows in Teams. */
function toTeams({ state, headline: { verdict }, causes, harbors }: Notice, link: string | undefined): object {
  const block = (text: string, more: object = {}): object => ({ type: 'TextBlock', text, wrap: true, ...more });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      block(`${SIGN[state]} ${verdict}`, { weight: 'Bolder', size: 'Medium' }),
      ...causes.map((cause) => block(`- ${causeText(cause, harbors.length > 1)}`)),
    ],
    actions: link === undefined ? undefined : [{ type: 'Action.OpenUrl', title: 'Report', url: link }],
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  };
}
