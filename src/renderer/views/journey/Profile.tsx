import type { JourneyData } from '../../../shared/reports/result';
import { Facts } from '../../chart/Facts';
import { formatDuration, formatExact, UNKNOWN } from '../../format/number';
import { formatDateTime } from '../../format/time';

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
        label="Profile"
        facts={[
          ['Name', text(user.name)],
          ['E-mail', text(user.email)],
          ['Id', user.userId],
          ...(user.aliases.length > 0 ? [['Also', user.aliases.join(', ')] as const] : []),
          ['Country', text(user.country)],
          ['Device', text(user.device)],
          ['Since', when(user.createdAt)],
          ['Last active', when(user.lastActiveAt)],
        ]}
      />
      <FactsCard
        label="Totals"
        facts={[
          ['Sessions', formatExact(totals.sessions)],
          ['Events', formatExact(totals.events)],
          ['Page views', formatExact(totals.pageViews)],
          ['Purchases', formatExact(totals.purchases)],
          ['Time', formatDuration(totals.seconds)],
          ['First', when(totals.firstAt)],
          ['Last', when(totals.lastAt)],
        ]}
      />
      {traits.length > 0 && (
        <FactsCard label="Traits" facts={traits.map(([name, value]) => [name, text(value)])} />
      )}
    </div>
  );
}
