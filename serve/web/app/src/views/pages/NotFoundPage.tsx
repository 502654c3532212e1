import { Link } from 'react-router-dom';
import { messages } from '../../messages';
import { Page } from '../parts/Page';
import { Empty } from '../parts/Status';

const text = messages.views.shell;

export function NotFoundPage() {
  return (
    <Page title={text.notFound}>
      <Empty title={text.notFound} action={<Link className="btn" to="/">{text.toSearch}</Link>}>
        {text.notFoundBody}
      </Empty>
    </Page>
  );
}
