import { views } from './en.views';

// The one catalogue. A message with a blank is a function, so that the compiler
// asks for what belongs into it; another language has the same shape (Messages).
// What the graph says is here, what pages say is in en.views.ts.
export const en = {
  product: 'Clew',
  flow: {
    label: 'Flow of the theft',
    theft: 'Theft',
    now: 'now',
    legendSolid: 'on chain or by id',
    legendDashed: 'inferred by rule',
    legendDotted: 'lead, not counted',
    legendTaint: 'taint 20 to 100 %',
    elastic: 'Elastic time',
    linear: 'Linear time',
    unfoldAll: 'Unfold all',
    fit: 'Fit',
    unfold: 'unfold',
    fold: 'fold',
    working: 'Placing the graph',
  },
  views,
};

export type Messages = typeof en;
