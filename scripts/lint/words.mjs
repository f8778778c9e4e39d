/**
 * The words rule: what a person reads in the window stands in src/renderer/text, so that it can be read, corrected
 * and translated in one place. The rule looks at where a literal ends up, and at what it looks like.
 */
import path from 'node:path';

const FOLDER = 'src/renderer/';
const HOME = 'src/renderer/text/';
/** Numbers, units and dates by the system's locale. */
const FORMATS = 'src/renderer/format/';

/** Attributes and keys whose value is shown or read aloud. */
const SHOWN = new Set([
  ...[
    'title',
    'label',
    'placeholder',
    'alt',
    'text',
    'hint',
    'unit',
    'axisTitle',
    'headline',
    'what',
    'detail',
  ],
  ...['aria-label', 'aria-roledescription', 'aria-description', 'columns', 'facts', 'note', 'empty'],
]);
/** Functions whose first argument is shown. */
const TELLS = new Set(['showToast', 'announce', 'setProblem', 'openDialog']);

export const WORD = /\p{L}{2,}/u;
/** "Ctrl+O" is printed on a key and in no language. */
export const KEYS = /^(Ctrl|Alt|Shift)\+\S+$/;
/** "Week starts", "Choose the first event." */
const SENTENCE = /^\p{Lu}[\p{L}’'-]*[,:]? .*\p{Ll}{2,}/u;
/** "users with sessions", "ended after …" */
const PHRASE = /^ ?\p{Ll}{2,}( …)* \p{Ll}{2,}( \p{Ll}{2,}| …)* ?$/u;
/** "Overview" */
const NAME = /^\p{Lu}\p{Ll}+…?$/u;

/** @param {string} file */
const isTest = (file) => /\.test\.tsx?$/.test(file);

/** @param {any} name */
const nameOf = (name) => String(name?.name ?? name?.value ?? '');

/**
 * Whether what an expression evaluates to is shown: climbs through what only chooses or joins.
 * @param {any} node
 * @returns {boolean}
 */
export function isShown(node) {
  let at = node;
  for (let parent = at.parent; parent; at = parent, parent = at.parent) {
    switch (parent.type) {
      case 'ConditionalExpression':
        if (parent.test === at) return false;
        break;
      case 'LogicalExpression':
      case 'TemplateLiteral':
      case 'JSXExpressionContainer':
      case 'TSAsExpression':
      case 'SpreadElement':
      case 'ArrayExpression':
        break;
      case 'BinaryExpression':
        if (parent.operator !== '+') return false;
        break;
      case 'ArrowFunctionExpression':
        if (parent.body !== at) return false;
        break;
      case 'JSXAttribute':
        return SHOWN.has(nameOf(parent.name));
      case 'JSXElement':
      case 'JSXFragment':
        return true;
      case 'Property':
        return parent.value === at && SHOWN.has(nameOf(parent.key));
      case 'VariableDeclarator':
        return SHOWN.has(nameOf(parent.id).toLowerCase());
      case 'CallExpression':
        return parent.arguments[0] === at && TELLS.has(nameOf(parent.callee));
      default:
        return false;
    }
  }
  return false;
}

/**
 * Whether a literal looks like words for people wherever it stands.
 * @param {any} node
 * @param {string} text
 */
export function looksShown({ parent }, text) {
  if (parent.type === 'ImportDeclaration' || parent.type === 'TSLiteralType') return false;
  if (parent.type === 'NewExpression' && nameOf(parent.callee) === 'Error') return false;
  if (parent.type === 'JSXAttribute' && nameOf(parent.name) === 'className') return false;
  if (SENTENCE.test(text) || PHRASE.test(text)) return true;
  const isValue = parent.type === 'Property' && parent.value.value === text && nameOf(parent.key) !== 'key';
  return isValue && NAME.test(text);
}

/** @type {import('eslint').Rule.RuleModule} */
export const wordsRule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    if (!file.startsWith(FOLDER) || [HOME, FORMATS].some((folder) => file.startsWith(folder)) || isTest(file))
      return {};
    /**
     * @param {any} node
     * @param {string} text
     */
    const report = (node, text) =>
      context.report({
        node,
        message: `Words that are shown stand in ${HOME}: "${text.trim().replace(/\s+/g, ' ')}"`,
      });
    return {
      /** @param {any} node */
      JSXText(node) {
        if (WORD.test(node.value)) report(node, node.value);
      },
      /** @param {any} node */
      Literal(node) {
        if (typeof node.value !== 'string' || !WORD.test(node.value) || KEYS.test(node.value)) return;
        if (isShown(node) || looksShown(node, node.value)) report(node, node.value);
      },
      /** @param {any} node */
      TemplateLiteral(node) {
        const text = node.quasis.map((/** @type {any} */ quasi) => quasi.value.cooked ?? '').join('…');
        if (!WORD.test(text)) return;
        if (isShown(node) || looksShown(node, text)) report(node, text);
      },
    };
  },
};
