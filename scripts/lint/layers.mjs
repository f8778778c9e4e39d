/**
 * The layer rule: which part of the tree may import which, and which packages each part may use.
 * The table is the architecture; the message names what is allowed.
 */
import path from 'node:path';

/**
 * folder → { may: folders it may import, packages: package names it may import (absent: any) }
 * @type {Record<string, { may: string[], packages?: string[], not?: string[] }>}
 */
export const LAYERS = {
  'src/shared': { may: [], packages: ['zod', 'moment-timezone'] },
  'src/analytics': { may: ['src/shared'], not: ['electron', 'react', 'keytar'] },
  'src/preload': { may: ['src/shared'], packages: ['electron'] },
  'src/renderer': { may: ['src/shared'], not: ['electron', 'mongodb', 'keytar'] },
  'src/main': { may: ['src/shared', 'src/analytics'], not: ['react'] },
  'src/cli': { may: ['src/shared', 'src/analytics'], not: ['electron', 'react'] },
  collector: {
    may: ['src/shared', 'src/analytics/columns', 'src/analytics/ingest'],
    not: ['electron', 'react', 'keytar'],
  },
};

/** @param {string} file */
const isTest = (file) => /\.(test|int\.test|e2e)\.tsx?$/.test(file) || /\/(testing|bench)\//.test(file);

/** @param {string} file */
const layerOf = (file) => Object.keys(LAYERS).find((layer) => file === layer || file.startsWith(`${layer}/`));

/** @type {import('eslint').Rule.RuleModule} */
export const layersRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const root = context.cwd;
    const file = path.relative(root, context.filename).split(path.sep).join('/');
    const layer = layerOf(file);
    if (!layer || isTest(file)) return {};
    const { may, packages, not } = LAYERS[layer] ?? { may: [] };

    /**
     * Reports an import that leaves the layer.
     * @param {any} node
     */
    const check = (node) => {
      const specifier = node.source?.value;
      if (typeof specifier !== 'string') return;
      if (specifier.startsWith('.')) {
        const target = path.relative(root, path.resolve(path.dirname(context.filename), specifier));
        const other = layerOf(target.split(path.sep).join('/'));
        const allowed = other === layer || may.some((folder) => target.startsWith(folder));
        if (!allowed) {
          context.report({
            node,
            message: `${layer} may import ${[layer, ...may].join(', ')}; ${target} is outside.`,
          });
        }
        return;
      }
      if (specifier.startsWith('node:') ? layer === 'src/shared' || layer === 'src/renderer' : false) {
        context.report({ node, message: `${layer} runs anywhere and may not import ${specifier}.` });
        return;
      }
      const name = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      if (specifier.startsWith('node:')) return;
      if ((packages && !packages.includes(name)) || not?.includes(name)) {
        const allowed = packages ? `only ${packages.join(', ')}` : `anything but ${not?.join(', ')}`;
        context.report({ node, message: `${layer} may import ${allowed}, not ${name}.` });
      }
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};
