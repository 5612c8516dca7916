import { ESLint } from 'eslint';
import ts from 'typescript';

/**
 * Types and lint over one program: what the compiler has found out about a type, no rule finds out again.
 * Prints what is wrong, and nothing else.
 */
const { config } = ts.readConfigFile('test/tsconfig.json', ts.sys.readFile);
const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, 'test');
const program = ts.createProgram(fileNames, options);
const wrong = [...errors, ...ts.getPreEmitDiagnostics(program)];
process.stdout.write(ts.formatDiagnostics(wrong, ts.createCompilerHost(options)));

const eslint = new ESLint({
  overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { project: null, programs: [program] } } },
});
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(await eslint.lintFiles(['.'])));
