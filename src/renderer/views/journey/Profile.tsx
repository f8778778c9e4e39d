import type { JourneyData } from '../../../shared/reports/result';
import { Facts } from '../../chart/Facts';
import { formatDuration, formatExact, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { JOURNEY } from '../../text/journey';
import { WORDS } from '../../text/words';

function FactsCard({
  label,
  facts,
}: {
  label: string;
  facts: readonly (readonly [string, string])[];
}): React.JSX.Element {
  return (
    <section className="wm-card wm-facts-card" aria-label={label}>
      <h2>{label}</h2>
      <Facts facts={facts} />
    </section>
  );
}

const text = (value: unknown): string =>
  value === null || value === undefined ? UNKNOWN : typeof value === 'string' ? value : JSON.stringify(value);

/** Who a person is, what they did in sum, and what is known about them. */
export function Profile({ data, zone }: { data: JourneyData; zone: string }): React.JSX.Element {
  const { user, totals } = data;
  const when = (at: string | null): string => (at === null ? UNKNOWN : formatDateTime(at, zone));
  // Name and e-mail stand in the profile.
  const traits = Object.entries(user.traits).filter(([name]) => name !== 'name' && name !== 'email');
  return (
    <div className="wm-profile">
      <FactsCard
        label={JOURNEY.profile}
        facts={[
          [WORDS.name, text(user.name)],
          [WORDS.email, text(user.email)],
          [JOURNEY.id, user.userId],
          ...(user.aliases.length > 0 ? [[JOURNEY.also, user.aliases.join(', ')] as const] : []),
          [WORDS.country, text(user.country)],
          [WORDS.device, text(user.device)],
          [JOURNEY.since, when(user.createdAt)],
          [WORDS.lastActive, when(user.lastActiveAt)],
        ]}
      />
      <FactsCard
        label={JOURNEY.totals}
        facts={[
          [WORDS.sessions, formatExact(totals.sessions)],
          [WORDS.events, formatExact(totals.events)],
          [WORDS.pageViews, formatExact(totals.pageViews)],
          [WORDS.purchases, formatExact(totals.purchases)],
          [WORDS.time, formatDuration(totals.seconds)],
          [JOURNEY.first, when(totals.firstAt)],
          [WORDS.last, when(totals.lastAt)],
        ]}
      />
      {traits.length > 0 && (
        <FactsCard label={JOURNEY.traits} facts={traits.map(([name, value]) => [name, text(value)])} />
      )}
    </div>
  );
}
