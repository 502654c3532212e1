import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { messages } from '../../messages';
import { useRailLabels, useSingleKeys } from '../../state/prefs';
import { useChains, useLogOut, useSession } from '../../state/queries';
import { plain } from '../../state/plain';
import { full, seconds } from '../../state/when';
import { Fact, FactList } from '../parts/Fact';
import { Card, Page } from '../parts/Page';
import { Failure } from '../parts/Status';
import { Keys } from './Keys';
import { Chains } from './SearchPage';

const text = messages.views.settings;
const schemes: readonly MantineColorScheme[] = ['auto', 'light', 'dark'];

export function SettingsPage() {
  const session = useSession().data;
  const chains = useChains();
  const logOut = useLogOut();
  const scopes = (session?.scopes ?? []).map((s) => text.scope[s]).join(text.and);
  const ends = seconds(session?.expires);
  return (
    <Page title={text.title} answer={session === undefined ? undefined : text.answer(plain(session.user), scopes)}>
      <Card title={text.session}>
        <div className="split">
          <FactList>
            {ends === null ? (
              <Fact label={text.ends} cls="missing" value={messages.views.unknown} source={text.endsMissing} />
            ) : (
              <Fact label={text.ends} value={full(ends)} cls="logs" source={messages.views.classes.logs} />
            )}
          </FactList>
          <button type="button" className="btn" disabled={logOut.isPending} onClick={() => logOut.mutate()}>
            {text.logOut}
          </button>
        </div>
        {logOut.error !== null && <Failure error={logOut.error} />}
      </Card>
      <Card title={text.look}>
        <Look />
      </Card>
      <Keys />
      {chains.data !== undefined && chains.data.length > 0 && <Chains chains={chains.data} title={text.rests} />}
    </Page>
  );
}

function Look() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [single, setSingle] = useSingleKeys();
  const [labels, setLabels] = useRailLabels();
  return (
    <>
      <fieldset className="inline">
        <legend>{text.theme}</legend>
        {schemes.map((s) => (
          <label key={s} className="check">
            <input type="radio" name="theme" checked={colorScheme === s} onChange={() => setColorScheme(s)} />
            {text.themes[s]}
          </label>
        ))}
      </fieldset>
      <label className="check">
        <input type="checkbox" checked={single} onChange={(e) => setSingle(e.target.checked)} aria-describedby="single-hint" />
        {text.singleKeys}
      </label>
      <p className="field-hint" id="single-hint">
        {text.singleKeysHint}
      </p>
      <label className="check">
        <input type="checkbox" checked={labels} onChange={(e) => setLabels(e.target.checked)} />
        {text.railLabels}
      </label>
    </>
  );
}
