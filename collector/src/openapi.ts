import type { Settings } from './settings';

export function createOpenApi(settings: Settings): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      description: `At most ${settings.maxBodyBytes} bytes a request`,
      title: 'Waymark collector',
      version: '1',
    },
    paths: {},
  };
}
