import { messages } from '../messages';

// The shell with rail and top bar comes here.
export function App() {
  return <main>{messages.product}</main>;
}
