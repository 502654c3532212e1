import { en, type Messages } from './en';

export type { Messages };

// Until there is a second language this is the one that all read.
export const messages: Messages = en;
