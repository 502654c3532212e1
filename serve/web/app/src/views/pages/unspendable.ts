import type { Account } from '../../state/api';

/** OP_RETURN says itself that nobody can spend it: it is not at rest. */
export function unspendable(a: Account): boolean {
  return a.kind === 'op_return';
}
