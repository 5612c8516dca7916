import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'coverage/', 'node_modules/', 'test/fidelity/recordings/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: ['./test/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines-per-function': ['warn', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // One of each (docs/decisions/0014). Rooms that stand in for others share no code with them.
    files: ['src/**/*.ts'],
    ignores: ['src/{sandbox,upstream,scanner-adapter}/**', 'src/{json,compact,compare-text}.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "SpreadElement > ConditionalExpression[test.type='BinaryExpression'][test.right.name='undefined']:matches([consequent.type='ObjectExpression'][consequent.properties.length=0], [alternate.type='ObjectExpression'][alternate.properties.length=0])",
          message: 'write fields that may be absent with compact()',
        },
        { selector: "FunctionDeclaration[id.name='isRecord']", message: 'isRecord() of json.ts is the only one' },
        {
          selector:
            "ConditionalExpression[test.type='BinaryExpression'][test.operator=/^[<>]$/][consequent.operator='-'][consequent.argument.value=1][alternate.type=/^(Conditional|Unary)Expression$|^Literal$/]",
          message: 'compare texts with compareText()',
        },
        {
          selector: 'CallExpression[callee.property.name=/^replace(All)?$/][arguments.1.value="\'\'"]',
          message: 'the yaml package quotes: build a Document, or use stringify()',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
  prettier,
);
