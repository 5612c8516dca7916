// Loads the directory named on the command line and prints the findings: a hang, a crash or too much memory
// ends this process, not the test run.
const { loadDeclaration } = require('../../../../src/declaration/load.ts');
const { renderDiagnostics } = require('../../../../src/declaration/render/text.ts');
const { inventedKinds } = require('./invented-kinds.ts');
const { peakKiB } = require('../../../support/peak-memory.js');

void loadDeclaration({ directory: process.argv[2], kinds: inventedKinds }).then(({ diagnostics, sources }) => {
  const text = renderDiagnostics(diagnostics, { sources });
  const rules = [...new Set(diagnostics.map(({ rule }) => rule))];
  const result = {
    count: diagnostics.length,
    rules,
    textLength: text.length,
    peakKiB: peakKiB(),
  };
  process.stdout.write(JSON.stringify(result));
});
