import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';
import reactHooks from 'eslint-plugin-react-hooks';
import { layersRule } from './scripts/lint/layers.mjs';
import { wordsRule } from './scripts/lint/words.mjs';

export default tseslint.config(
  { ignores: ['node_modules', 'out', '**/dist', 'docs'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}', 'collector/**/*.ts', 'scripts/**/*.ts'],
    plugins: { waymark: { rules: { layers: layersRule, words: wordsRule } } },
    rules: {
      'waymark/layers': 'error',
      'waymark/words': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
    },
  },
  { files: ['src/renderer/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  { files: ['src/cli/**', 'scripts/**', 'collector/src/main.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  prettier,
);
