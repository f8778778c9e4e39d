import { z } from 'zod';
import { WEEK_DAYS } from '../time/calendar';
import { isZone } from '../time/zones';
import { engineSchema } from './reports';

const fields = {
  theme: z.enum(['system', 'light', 'dark']),
  /** IANA zone of the workspace; `system` is the machine's own. */
  timezone: z.string().refine((zone) => zone === 'system' || isZone(zone), {
    error: 'unknown time zone; allowed is "system" or an IANA name like Europe/Berlin',
  }),
  weekStart: z.enum(WEEK_DAYS),
  /** A longer pause between a user's events without a session id starts a new session. */
  sessionGapMinutes: z.number().min(1).max(1_440),
  /** The longest a run may take, ms. */
  maxTimeMs: z.number().int().min(1_000).max(3_600_000),
  /** The executor reports run on unless one says otherwise. */
  engine: engineSchema,
  /** Whether single letters act as shortcuts outside fields. */
  singleKeyShortcuts: z.boolean(),
  /** Window zoom, 1 = 100 %. */
  zoom: z.number().min(0.5).max(3),
  railCollapsed: z.boolean(),
};

/** Everything a person can set; each key has a default, so an old or a short file reads well. */
export const settingsSchema = z.object({
  theme: fields.theme.default('system'),
  timezone: fields.timezone.default('system'),
  weekStart: fields.weekStart.default('monday'),
  sessionGapMinutes: fields.sessionGapMinutes.default(30),
  maxTimeMs: fields.maxTimeMs.default(120_000),
  engine: fields.engine.default('auto'),
  singleKeyShortcuts: fields.singleKeyShortcuts.default(true),
  zoom: fields.zoom.default(1),
  railCollapsed: fields.railCollapsed.default(false),
});
export type Settings = z.infer<typeof settingsSchema>;

export const DEFAULT_SETTINGS: Readonly<Settings> = settingsSchema.parse({});

/** A change of some settings; unknown keys are refused, absent ones stay. */
export const settingsPatchSchema = z.strictObject(fields).partial();
export type SettingsPatch = z.infer<typeof settingsPatchSchema>;
