import type { Json, JsonObject } from '../../json';
import type { Finding } from '../kind';
import { compact } from '../../compact';

/** The key under which Harbor stores what is declared as `banner`. */
export const BANNER_TEXT = 'banner_message';

/** The JSON text that the portal stores in `banner_message`; Harbor itself does not read it. */
export interface Banner {
  readonly message: string;
  /** The color of the banner. */
  readonly type?: string;
  /** Whether users can close it. Default: false. */
  readonly closable?: boolean;
  /** YYYY-MM-DD. */
  readonly from?: string;
  readonly to?: string;
}

const TYPES = ['info', 'success', 'warning', 'danger'];
const KEYS = ['message', 'type', 'closable', 'fromDate', 'toDate'];
const DEFAULT_TYPE = 'info';
const day = (description: string) => ({ description, type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' }) as const;

/** For `configuration.banner`. Its dates are days without a time zone. */
export const bannerSchema = {
  description: 'Shown on top of the portal.',
  type: 'object',
  properties: {
    message: { type: 'string', minLength: 1, maxLength: 2048 },
    type: { description: 'Color of the banner.', enum: TYPES, default: DEFAULT_TYPE },
    closable: { description: 'Users can close it.', type: 'boolean', default: false },
    from: day('The first day, as YYYY-MM-DD.'),
    to: day('The last day, as YYYY-MM-DD.'),
  },
  required: ['message'],
  additionalProperties: false,
} as const;

/** Always built with JSON.stringify: a quote in a manually concatenated message breaks the portal. */
export function bannerToText({ message, type = DEFAULT_TYPE, closable = false, from, to }: Banner): string {
  return JSON.stringify({
    message,
    type,
    closable,
    ...compact({ fromDate: from && toUs(from), toDate: to && toUs(to) }),
  });
}

/** Undefined for plain text, and for values that a banner cannot express. */
export function bannerFromText(text: string): Banner | undefined {
  const value = parsed(text);
  if (value === undefined || Object.keys(value).some((key) => !KEYS.includes(key))) return undefined;
  const { message, type = DEFAULT_TYPE, closable = false, fromDate, toDate } = value;
  const from = fromUs(fromDate);
  const to = fromUs(toDate);
  if (typeof message !== 'string' || message === '' || typeof closable !== 'boolean') return undefined;
  if (typeof type !== 'string' || !TYPES.includes(type) || from === undefined || to === undefined) return undefined;
  return compact<Banner>({ message, type, closable, from: from || undefined, to: to || undefined });
}

/** As declared, not as JSON inside JSON. */
export function showBanner(text: string): string | undefined {
  const banner = bannerFromText(text);
  if (!banner) return undefined;
  const parts = Object.entries(banner).map(
    ([key, value]) => `${key}: ${key === 'message' ? JSON.stringify(value) : value}`,
  );
  return `{ ${parts.join(', ')} }`;
}

/** One spelling of the same banner. */
export function normaliseBanner(text: string): string {
  const banner = bannerFromText(text);
  return banner ? bannerToText(banner) : text;
}

/** Only what a banner can express is checked. Plain text in `banner_message` is valid and shown as it is. */
export function checkBanner(text: string): Finding[] {
  const { from, to } = bannerFromText(text) ?? {};
  if (from === undefined || to === undefined || from <= to) return [];
  return [{ rule: 'configuration-banner', field: 'banner.to', message: `the banner ends before it begins (${from})` }];
}

function parsed(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    // Plain text that begins with a brace.
    return undefined;
  }
}

/** The portal reads MM/DD/YYYY. */
function toUs(date: string): string {
  const [year, month, dayOfMonth] = date.split('-');
  return `${month}/${dayOfMonth}/${year}`;
}

/** `''` if there is none; undefined for another spelling. */
function fromUs(date: Json | undefined): string | undefined {
  if (date === undefined || date === null || date === '') return '';
  const [, month, dayOfMonth, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(typeof date === 'string' ? date : '') ?? [];
  return year === undefined ? undefined : `${year}-${month}-${dayOfMonth}`;
}
