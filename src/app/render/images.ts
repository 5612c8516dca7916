import type { CheckedImages, CheckedPin } from '../images/check';
import type { Pinned } from '../images/pin';
import { printable } from '../../outside/printable';
import { plural } from '../../plural';

/** Problems come first: with one of them nothing was written. */
export function pinnedAsText({ release, file, platform, images, problems, written }: Pinned): string {
  const rows = images.map(({ id, image, before }) => {
    const change = before === undefined ? 'new' : before === image ? 'unchanged' : `was ${before}`;
    return `  ${id.padEnd(14)} ${image}  (${change})`;
  });
  const wrong = problems.map(({ id, image, problem }) => `  ${id.padEnd(14)} ${image}: ${printable(problem)}`);
  const head =
    problems.length > 0
      ? `Harbor ${release}: ${plural(problems.length, 'image')} could not be resolved for ${platform}; nothing was written`
      : `Harbor ${release}: ${plural(images.length, 'image')} for ${platform}, ${written ? `written to ${file}` : `${file} is unchanged`}`;
  return `${[head, ...wrong, ...rows].join('\n')}\n`;
}

/** Only pins that differ are listed, and equal ones counted. */
export function checkedAsText({ file, pins, newer, advisories }: CheckedImages): string {
  const different = pins.filter(({ outcome }) => outcome !== 'same');
  const same = pins.length - different.length;
  return `${[
    `${file}: ${same} of ${plural(pins.length, 'pin')} match their tags`,
    ...different.map(pinLine),
    newerLine(newer),
    ...advisories.map((line) => `  ${line}`),
  ].join('\n')}\n`;
}

function pinLine({ release, id, image, outcome, detail }: CheckedPin): string {
  return `  ${outcome.padEnd(10)} ${release} ${id}: ${image}${detail === undefined ? '' : `: ${printable(detail)}`}`;
}

function newerLine(newer: readonly string[] | undefined): string {
  if (newer === undefined) return 'newer releases are not known: the registry does not list the tags of harbor-core';
  return newer.length === 0 ? 'no newer release is listed' : `newer releases: ${newer.join(', ')}`;
}
