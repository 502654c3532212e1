import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { messages } from '../../messages';
import { chainWord } from '../../state/chains';
import { useServed } from '../../state/queries';
import { Page } from './Page';
import { Loading, StateBox } from './Status';

const text = messages.views.ledger;

interface Props {
  chain: string;
  title: string;
  heading: ReactNode;
  children: ReactNode;
}

/** A page that reads a ledger: without one of its chain it says so, and asks nothing. */
export function WithLedger({ chain, title, heading, children }: Props) {
  const served = useServed(chain);
  if (served === true) return <>{children}</>;
  return (
    <Page title={title} heading={heading}>
      {served === null ? (
        <Loading rows={5} />
      ) : (
        <StateBox icon="list" title={text.none(chainWord(chain))} actions={<Link className="btn" to="/">{text.which}</Link>}>
          {text.noneBody}
        </StateBox>
      )}
    </Page>
  );
}
