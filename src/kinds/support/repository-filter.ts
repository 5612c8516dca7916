import type { Finding } from '../kind';
import { checkDoublestar, doublestarProblem } from './doublestar';

/** The two languages of `proxy_cache_filter_pattern`. */
export const FILTER_KINDS = ['doublestar', 'regex'] as const;

interface RepositoryFilter {
  readonly proxy_cache_filter_pattern?: string;
  readonly proxy_cache_filter_kind?: string;
}

/** The errors of Harbor 2.16 (400), reported before a request. */
export function checkRepositoryFilter(filter: RepositoryFilter): Finding[] {
  const { proxy_cache_filter_pattern: pattern = '', proxy_cache_filter_kind: kind } = filter;
  if (pattern === '') return [];
  if (kind === undefined) return [kindMissing()];
  const problem = kind === 'regex' ? regexProblem(pattern) : doublestarProblem(pattern);
  if (problem === undefined)
    return kind === 'doublestar' ? checkDoublestar(pattern, 'repository', 'proxy_cache_filter_pattern') : [];
  return [
    {
      rule: 'repository-filter',
      field: 'proxy_cache_filter_pattern',
      message: `${JSON.stringify(pattern)} is not a valid ${kind} pattern: ${problem}`,
    },
  ];
}

function kindMissing(): Finding {
  return {
    rule: 'repository-filter',
    field: 'proxy_cache_filter_pattern',
    message: 'Harbor refuses a pattern without its kind (400)',
    hint: 'declare proxy_cache_filter_kind: doublestar (library/**) or regex (library/.*)',
  };
}

/** Harbor compiles a regex with Go's RE2, which has neither look-around nor back-references. */
function regexProblem(pattern: string): string | undefined {
  // Text between \Q and \E is literal in Go; JavaScript has no equivalent.
  if (pattern.includes('\\Q')) return undefined;
  if (/(?:^|[^\\])\(\?<?[=!]/.test(pattern)) return 'Go does not support look-around';
  if (/(?:^|[^\\])(?:\\\\)*\\[1-9]/.test(pattern)) return 'Go does not support back-references';
  try {
    new RegExp(inJavaScript(pattern));
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^.*\/: /, '').toLowerCase();
  }
}

/** Flags and names of groups have another syntax in Go; here it only matters whether the pattern compiles. */
function inJavaScript(pattern: string): string {
  return pattern
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replaceAll('(?P<', '(?<');
}
