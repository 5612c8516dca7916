/** A text, and the original position of each of its characters (and its end). */
export interface Layer {
  readonly text: string;
  /** Absent if every character is at its own position. */
  readonly from?: Uint32Array;
}

const ESCAPE =
  /((?:%[0-9a-f]{2})+)|&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));|\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|(["'\\/bfnrt]))/gi;

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', sol: '/', bsol: '\\', plus: '+' },
  ...{ equals: '=', colon: ':', semi: ';', comma: ',', period: '.', commat: '@', dollar: '$', num: '#' },
  ...{ percnt: '%', excl: '!', quest: '?', ast: '*', lpar: '(', rpar: ')', lowbar: '_', grave: '`', tilde: '~' },
};

const BACKSLASHED: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

const BEGINS_ESCAPE = /[%&\\]/;

/** The text with one level of URL, HTML and JSON escapes decoded, or undefined if it has none. */
export function unescaped({ text, from }: Layer): Layer | undefined {
  if (!BEGINS_ESCAPE.test(text)) return undefined;
  const parts: string[] = [];
  const places: number[] = [];
  let end = 0;
  const keep = (until: number): void => {
    parts.push(text.slice(end, until));
    for (let i = end; i < until; i++) places.push(i);
  };
  for (const match of text.matchAll(ESCAPE)) {
    const pieces = piecesOf(match);
    if (!pieces) continue;
    keep(match.index);
    let at = match.index;
    for (const { text: piece, length } of pieces) {
      parts.push(piece);
      for (let i = 0; i < piece.length; i++) places.push(at);
      at = Math.min(at + length, match.index + match[0].length);
    }
    end = match.index + match[0].length;
  }
  if (end === 0) return undefined;
  keep(text.length);
  places.push(text.length);
  return { text: parts.join(''), from: Uint32Array.from(places, (place) => (from ? from[place]! : place)) };
}

interface Piece {
  readonly text: string;
  /** Number of original characters. */
  readonly length: number;
}

function piecesOf(match: RegExpMatchArray): Piece[] | undefined {
  const [all, percents, decimal, hexadecimal, entity, unicode, byte, backslashed] = match;
  const whole = (text: string | undefined): Piece[] | undefined =>
    text === undefined ? undefined : [{ text, length: all.length }];
  if (percents !== undefined) return fromPercents(percents);
  if (entity !== undefined) return whole(ENTITIES[entity.toLowerCase()]);
  if (backslashed !== undefined) return whole(BACKSLASHED[backslashed] ?? backslashed);
  const code = decimal === undefined ? parseInt(hexadecimal ?? unicode ?? byte ?? '', 16) : Number(decimal);
  return code <= 0x10ffff ? whole(String.fromCodePoint(code)) : undefined;
}

function fromPercents(percents: string): Piece[] {
  const text = Buffer.from(percents.replaceAll('%', ''), 'hex').toString('utf8');
  return [...text].map((character) => ({ text: character, length: 3 * Buffer.byteLength(character, 'utf8') }));
}
