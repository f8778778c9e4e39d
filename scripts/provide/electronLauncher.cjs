/**
 * The app inside an Electron folder that lacks Electron's own default app: opens the app folder given as the first
 * argument. Runs in Electron's main process; copied to `resources/app`.
 */
const fs = require('node:fs');
// `any`: Electron's own default app uses what its public types leave out.
const app = /** @type {any} */ (require('electron').app);
const Module = /** @type {any} */ (require('node:module'));
const path = require('node:path');

const folder = path.resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));

Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
app.setName(manifest.productName ?? manifest.name);
app.setVersion(manifest.version);
app.setAppPath(folder);
Module._load(path.join(folder, manifest.main ?? 'index.js'), Module, true);
