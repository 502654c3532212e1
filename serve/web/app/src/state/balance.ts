// The balance of an address after each of its moves.
import { units } from './amount';
import type { Move } from './api';
import { seconds } from './when';

export interface BalanceStep {
  time: number;
  balance: bigint;
}

/** Moves come newest first; the steps go forward, one for each time. */
export function balances(moves: readonly Move[]): BalanceStep[] {
  const steps: BalanceStep[] = [];
  let balance = 0n;
  for (const m of [...moves].reverse()) {
    balance += units(m.received) - units(m.spent);
    const time = seconds(m.time) ?? steps[steps.length - 1]?.time ?? 0;
    const last = steps[steps.length - 1];
    if (last !== undefined && last.time === time) last.balance = balance;
    else steps.push({ time, balance });
  }
  return steps;
}
