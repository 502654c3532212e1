import { Modal } from '@mantine/core';
import { messages } from '../messages';
import { useSingleKeys } from '../state/prefs';

const text = messages.views.help;
const k = text.list;

const everywhere: readonly [string, string][] = [
  ['/', k.paste], ['g t', k.goTrace], ['g i', k.goCases], ['[', k.rail], ['?', k.help],
];
const inTrace: readonly [string, string][] = [
  ['\u2190 \u2192 \u2191 \u2193', k.along], ['Enter', k.enter], ['f', k.fold], ['Shift f', k.foldAll], ['p', k.path], ['1 \u2026 8', k.policy],
  ['Space', k.replay], [', .', k.step], ['Home End', k.ends], ['0', k.fit], ['+ \u2212', k.zoom], ['n', k.note], ['b', k.pin], ['u', k.undo],
  ['e', k.export], ['l', k.link], [']', k.panel], ['Esc', k.clear],
];
const inTables: readonly [string, string][] = [['\u2191 \u2193', k.rows], ['Enter', k.select], ['s', k.sort]];

export function Help({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [single] = useSingleKeys();
  return (
    <Modal opened={opened} onClose={onClose} title={text.title} size="lg" lockScroll={false} transitionProps={{ duration: 0 }} closeButtonProps={{ 'aria-label': messages.views.shell.close }}>
      {!single && <p className="soft">{text.off}</p>}
      <div className="help-columns">
        <KeyList title={text.everywhere} keys={everywhere} />
        <KeyList title={text.inTrace} keys={inTrace} />
        <KeyList title={text.inTables} keys={inTables} />
      </div>
    </Modal>
  );
}

function KeyList({ title, keys }: { title: string; keys: readonly [string, string][] }) {
  return (
    <section className="keys">
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              {key.split(' ').map((one, i) => (
                <kbd key={i}>{one}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
