/** `npm run --silent electron-path`: prints the Electron executable in use, and nothing else. */
import { describeChoice } from './provide/firstThatWorks.mjs';
import { provideElectron } from './provide/electron.mjs';

const electron = await provideElectron();
console.error(describeChoice('Electron', electron));
console.log(electron.path);
