import type { ScalarNode } from './tree';

/** Numbers as everybody writes them. */
const DECIMAL = /^(?:0|-?[1-9][0-9]{0,14}|-?[0-9]{1,8}\.[0-9]{1,6})$/;
/** Every other form that YAML's core schema reads as a number. */
const OTHER_NUMBER =
  /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/;

/** What words without quotes stand for; undefined where a rarer rule of YAML's core schema decides. */
export function plainScalar(words: string): ScalarNode['value'] | undefined {
  switch (words) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'null':
    case '~':
      return null;
  }
  if (DECIMAL.test(words)) return Number(words);
  return OTHER_NUMBER.test(words) || OTHER_WORDS.test(words) ? undefined : words;
}

const OTHER_WORDS = /^(?:Null|NULL|True|TRUE|False|FALSE)$/;
