import { Menu } from '@mantine/core';
import { useState } from 'react';
import { exportTrace, save, traceName, type ServerFormat } from '../../actions/download';
import { messages } from '../../messages';
import type { FlowHandle } from '../../render/FlowView';
import { useClient } from '../../state/queries';
import { Icon } from '../parts/Icon';

const text = messages.views.exports;
const formats: readonly ServerFormat[] = ['csv', 'graphml', 'html', 'holders', 'json'];

interface Props {
  id: string;
  digest: string;
  handle: FlowHandle | null;
  /** What a picture says above itself: title, digest, what is folded and left out. */
  caption: string[];
  opened: boolean;
  onOpened: (on: boolean) => void;
  onError: (e: unknown) => void;
}

/** The picture as it is shown, and all of the trace as the command line writes it. */
export function ExportMenu({ id, digest, handle, caption, opened, onOpened, onError }: Props) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const name = traceName(digest);
  const run = async (what: () => Promise<void> | void) => {
    setBusy(true);
    try {
      await what();
    } catch (e) {
      onError(e);
    }
    setBusy(false);
  };
  const png = async () => handle !== null && save(await handle.png(caption), `${name}.png`);
  const svg = () => handle !== null && save(new Blob([handle.svg(caption)], { type: 'image/svg+xml' }), `${name}.svg`);
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-end" withinPortal shadow="md" transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="btn" disabled={busy}>
          <Icon name="export" />
          {messages.views.trace.exportMenu}
        </button>
      </Menu.Target>
      <Menu.Dropdown className="menu">
        <Menu.Label>{text.picture}</Menu.Label>
        <Menu.Item disabled={handle === null} onClick={() => void run(async () => void (await png()))}>
          {text.png}
        </Menu.Item>
        <Menu.Item disabled={handle === null} onClick={() => void run(() => void svg())}>
          {text.svg}
        </Menu.Item>
        <Menu.Label>{text.server}</Menu.Label>
        {formats.map((f) => (
          <Menu.Item key={f} onClick={() => void run(() => exportTrace(client, id, f, name))}>
            {text[f]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
