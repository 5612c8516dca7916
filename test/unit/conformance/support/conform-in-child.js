// Proves the projects named on the command line and prints what that took: memory is a matter of the whole process, and
// a compiler in it would be most of it. `npm test` builds before.
const { runConformance } = require('../../../../dist/src/conformance/index.js');
const { peakKiB } = require('../../../support/peak-memory.js');

const { harborUrl, projects, checks, concurrency } = JSON.parse(process.argv[2]);
void runConformance({ harborUrl, projects }, { tool: { name: 'test', version: '0' }, checks, concurrency }).then(
  (report) => {
    const { summary, results } = report;
    const requests = results.reduce((sum, result) => sum + result.requests.length, 0);
    process.stdout.write(JSON.stringify({ summary, requests, peakKiB: peakKiB() }));
  },
);
