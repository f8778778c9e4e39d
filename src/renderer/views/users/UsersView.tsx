import { ViewFrame } from '../../frame/ViewFrame';
import { useReportBase } from '../../state/useReportBase';
import { UsersCard } from './UsersCard';
import { useUsersDraft } from './usersDraft';

/** Everyone with events in the range; a row opens the journey. */
export function UsersView(): React.JSX.Element {
  const base = useReportBase();
  const draft = useUsersDraft();
  return (
    <ViewFrame view="users">
      <UsersCard
        base={base}
        slot="users.list"
        className="wm-fill"
        draft={draft}
        onChange={(change) => useUsersDraft.setState(change)}
        isShown
      />
    </ViewFrame>
  );
}
