import { Button, Menu, MenuDivider, MenuItem } from '@blueprintjs/core';
import { Comparison, Document, Flag, FloppyDisk, FolderOpen, History } from '@blueprintjs/icons';
import { useState } from 'react';
import { Popup } from './Popup';
import type { RecentReport } from '../../shared/ipc/reportFiles';
import { client } from '../client/client';
import { fileOf, saveCurrentReport, useCurrentReport } from '../state/currentReport';
import { openReportFile } from '../state/openReport';
import { useOverlays } from './overlays';
import { WORDS } from '../text/words';
import { FRAME } from '../text/frame';

/** The file of the report on screen, with a dot when it differs from what the file holds. */
export function ReportName(): React.JSX.Element | null {
  const current = useCurrentReport();
  const { report } = current;
  const file = fileOf(current);
  if (!file) return null;
  const changed = file.content !== '' && file.content !== JSON.stringify(report);
  return (
    <span className="wm-inline wm-muted" title={file.path}>
      <span className="wm-cut">{file.name}</span>
      {changed && <span className="wm-unsaved" role="img" aria-label={FRAME.notSaved} />}
    </span>
  );
}

/** Open, Save and Recent for the report on screen. */
export function ReportMenu(): React.JSX.Element | null {
  const report = useCurrentReport((state) => state.report);
  const [recent, setRecent] = useState<readonly RecentReport[]>([]);
  if (!report) return null;
  return (
    <Popup
      placement="bottom-end"
      onOpening={() =>
        void client.call('reportFiles.recent').then(
          ({ reports }) => setRecent(reports),
          () => setRecent([]),
        )
      }
      content={
        <Menu>
          <MenuItem
            icon={<FolderOpen />}
            text={FRAME.openItem}
            label="Ctrl+O"
            onClick={() => void openReportFile()}
          />
          <MenuItem
            icon={<FloppyDisk />}
            text={WORDS.save}
            label="Ctrl+S"
            onClick={() => void saveCurrentReport()}
          />
          <MenuItem
            icon={<FloppyDisk />}
            text={FRAME.saveAsItem}
            onClick={() => void saveCurrentReport(true)}
          />
          <MenuItem
            icon={<Comparison />}
            text={FRAME.compareRunsItem}
            onClick={() => useOverlays.setState({ compare: true })}
          />
          <MenuItem
            icon={<Flag />}
            text={FRAME.annotationsItem}
            onClick={() => useOverlays.setState({ annotations: true })}
          />
          {recent.length > 0 && <MenuDivider title={FRAME.recent} />}
          {recent.slice(0, 8).map(({ path, title, name }) => (
            <MenuItem
              key={path}
              icon={<History />}
              text={title === '' ? name : title}
              label={name}
              onClick={() => void openReportFile(path)}
            />
          ))}
        </Menu>
      }
    >
      <Button
        size="small"
        variant="minimal"
        icon={<Document size={14} />}
        text={WORDS.report}
        aria-haspopup="menu"
      />
    </Popup>
  );
}
