import type * as vscode from 'vscode';

/** The documents that providers are asked about; `OpenSources.of` says which of them are ours. */
export const MANIFEST_FILES: vscode.DocumentSelector = [
  { language: 'yaml' },
  { language: 'json' },
  { language: 'jsonc' },
  { language: 'dockercompose' },
  { pattern: '**/*.{yaml,yml,json}' },
];
