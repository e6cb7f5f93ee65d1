// What the compiler does not see: floating promises, `any`, monsters of files and functions.

import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'

const sizes = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }]
}

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'native/build/', 'native/prebuilds/', 'fixtures/', 'exhibit-hash-demo/']),
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' }
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      // Types of packages that are loaded on use are named by import('…').
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Inner loops index typed arrays that they have measured; `?? 0` there would be a lie and cost time.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Public borders check what JavaScript callers and files hand over, whatever the types promise.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // An ExhibitHashError is told by its name: it may come from the CommonJS twin of the class.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `(error) => void log(error)` and arrow functions that return a void call read well.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Implementations of an async interface often have nothing to await.
      '@typescript-eslint/require-await': 'off'
    }
  },
  {
    files: ['src/**/*.ts'],
    rules: sizes
  },
  {
    // AssemblyScript: its types are not those of TypeScript, so only what needs no types is checked.
    files: ['src/kernels/assembly/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      // Only methods can be `@inline` in what is TypeScript too.
      '@typescript-eslint/no-extraneous-class': 'off',
      // The compiler knows no `import type`.
      '@typescript-eslint/consistent-type-imports': 'off'
    }
  },
  {
    files: ['tests/**/*.ts', 'bench/**/*.ts'],
    rules: {
      // Tests hand over wrong things on purpose and look into JSON that they have just written.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off'
    }
  },
  {
    // What browsers run.
    files: ['pages/*.js'],
    languageOptions: {
      sourceType: 'script',
      globals: Object.fromEntries(
        ['addEventListener', 'Blob', 'document', 'fetch', 'ImageData', 'requestAnimationFrame', 'setTimeout'].map(
          (name) => [name, 'readonly']
        )
      )
    }
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        URL: 'readonly',
        console: 'readonly',
        module: 'writable',
        process: 'readonly',
        require: 'readonly'
      }
    }
  }
)
