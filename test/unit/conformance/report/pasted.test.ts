import { toText } from '../../../../src/conformance';
import { wrapCommand } from '../../../../src/conformance/report/wrap';
import { upstreamCostLines } from '../../../../src/conformance/report/words';
import { EXAMPLE } from './example-report';

it('breaks a long command between its options, so that it can be pasted', () => {
  const targets = Array.from({ length: 5 }, (_none, at) => `--target project/proxy.number-${at}.example.com`);
  const lines = wrapCommand(['breakwater apply', ...targets].join(' '), 100, '    ');
  expect(lines[0]).toMatch(/^ {4}breakwater apply --target .* \\$/);
  expect(lines.every((line) => line.length <= 100)).toBe(true);
  const pasted = lines.map((line) => line.replace(/\\$/, '').trim()).join(' ');
  expect(pasted.replace(/ +/g, ' ')).toBe(['breakwater apply', ...targets].join(' '));
});

it('does not cut a short one', () => {
  expect(wrapCommand('breakwater plan', 100, '  ')).toEqual(['  breakwater plan']);
});

it('names upstreams that cost the same in one line', () => {
  const cost = { requests: 12, bytes: 352, pullsWhenCold: 6 };
  const upstreams = ['a', 'b', 'c', 'd'].map((host) => ({ host, ...cost }));
  const told = upstreamCostLines([...upstreams, { ...cost, host: 'e', requests: 28 }]);
  expect(told).toEqual([
    'a, b, c and 1 more, each: 12 requests from here (352 B); a run with an empty cache: up to 6 pulls; no limit is announced',
    'e: 28 requests from here (352 B); a run with an empty cache: up to 6 pulls; no limit is announced',
  ]);
  const report = { ...EXAMPLE, cost: { harbor: { host: 'h', requests: 1, bytes: 1 }, upstreams, others: [] } };
  expect(toText(report).match(/empty cache/g)).toHaveLength(1);
});
