/** What a view looks like while it waits, fails, is cancelled or finds nothing, and what opens over it. */
import type { RunningApp } from '../../src/e2e/harness/app.ts';
import { goTo, SCENES, settle, typeFilter } from '../../src/e2e/harness/scenes.ts';
import type { Camera } from './camera.ts';

const prepare = async (app: RunningApp, name: string): Promise<void> => {
  await SCENES.find((scene) => scene.name === name)?.prepare(app);
  await settle(app.window);
};

/** Takes a picture of each state. */
export async function shootStates(
  app: RunningApp,
  camera: Camera,
  say: (line: string) => void,
): Promise<void> {
  const page = app.window;
  const shoot = async (name: string, quiet = true): Promise<void> => {
    await camera.shoot(`state-${name}`, { quiet });
    say(`state ${name}`);
  };
  const close = async (): Promise<void> => {
    await page.keyboard.press('Escape');
    await page.locator('.wm-overlay, .wm-drawer, .bp6-popover').first().waitFor({ state: 'detached' });
  };
  await prepare(app, 'overview');
  await page.keyboard.press('Control+K');
  await page.keyboard.type('ret');
  await shoot('palette');
  await close();

  await page.keyboard.press('d');
  await shoot('range');
  await close();

  await page.keyboard.press('f');
  await shoot('filter');
  await close();

  await page.keyboard.press('?');
  await shoot('keys');
  await close();

  const trend = page.getByRole('region', { name: 'Trend' });
  await trend.getByRole('button', { name: 'Table', exact: true }).click();
  await shoot('table');
  await trend.getByRole('button', { name: 'Table', exact: true }).click();
  await trend.getByRole('button', { name: 'Definition' }).click();
  await shoot('definition');
  await close();
  await trend.getByRole('combobox', { name: 'Break down by' }).selectOption('country');
  await settle(page);
  await trend.getByRole('application').hover();
  await shoot('breakdown');
  await trend.getByRole('button', { name: 'Query' }).click();
  await page.getByRole('button', { name: 'Copy for mongosh' }).first().waitFor();
  await shoot('lens');
  await close();

  await prepare(app, 'funnels');
  await page.getByRole('button', { name: /dropped before add_to_cart/ }).click();
  await shoot('drawer');
  await close();

  await goTo(page, 'Overview');
  await settle(page);
  await page.keyboard.press('Control+R');
  await shoot('updating', false);
  await settle(page);

  for (const view of ['overview', 'funnels', 'paths', 'retention', 'users']) {
    await prepare(app, view);
    await page.keyboard.press('f');
    await typeFilter(page, 'Country', 'Atlantis');
    await settle(page);
    await shoot(`nothing-${view}`);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await settle(page);
  }

  // Without columns no report can be answered from them: what is there stays, with the reason.
  await prepare(app, 'overview');
  await app.call('settings.set', { engine: 'columns' });
  await settle(page);
  await shoot('failed-update');
  await page.reload();
  await goTo(page, 'Overview');
  await settle(page);
  await shoot('failed');
  await app.call('settings.set', { engine: 'auto' });
}

/** What a window shows before anything is connected. */
export async function shootFirstRun(
  app: RunningApp,
  camera: Camera,
  say: (line: string) => void,
): Promise<void> {
  for (const name of ['Overview', 'Live', 'Data', 'Dashboards', 'Connections', 'Settings']) {
    await goTo(app.window, name);
    await camera.shoot(`state-first-${name.toLowerCase()}`);
    say(`first ${name}`);
  }
}
