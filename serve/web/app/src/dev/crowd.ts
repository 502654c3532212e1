import type { Flow, NodeKind } from '../graph/flow';
import { claimOf, dice, Maker } from './made';

// crowd is a made-up trace of a given size: transactions that split and join, with
// rests, services and mixers at their ends. The same seed makes the same one.
export function crowd(size: number, seed: number): Flow {
  const roll = dice(seed);
  const m = new Maker(['fifo', 'poison'], [1000, 1000]);
  const theft = 1_000_000_000_000n;
  let time = 1_600_000_000;
  m.node('theft:0', 'theft', time, theft);
  let open: { id: string; units: bigint }[] = [{ id: 'theft:0', units: theft }];
  for (let k = 0; m.nodes.length < size && open.length > 0; k++) {
    time += Math.floor(600 * (1 + 4 * roll()));
    const joins = roll() < 0.18 ? Math.min(open.length, 2 + Math.floor(roll() * 4)) : 1;
    const taken: typeof open = [];
    for (let j = 0; j < joins; j++) taken.push(...open.splice(Math.floor(roll() * open.length), 1));
    const units = taken.reduce((sum, t) => sum + t.units, 0n);
    const id = `tx:${k}`;
    m.node(id, 'tx', time, units, { txid: String(k).padStart(64, '0') });
    for (const from of new Map(taken.map((t) => [t.id, t.units]))) m.edge(from[0], id, time, from[1], roll() < 0.3 ? 'rule' : 'chain', from[1] * 3n / 2n);
    open = open.concat(split(m, id, units, time, roll, open.length));
  }
  return m.flow(theft, time + 86400);
}

const ends: NodeKind[] = ['unspent', 'unspent', 'service', 'service', 'mixer', 'cutoff', 'undecoded'];

function split(m: Maker, from: string, units: bigint, time: number, roll: () => number, open: number): { id: string; units: bigint }[] {
  const parts = 2 + Math.floor(roll() * 3);
  const going: { id: string; units: bigint }[] = [];
  let left = units;
  for (let k = 0; k < parts; k++) {
    const part = k === parts - 1 ? left : (left * BigInt(20 + Math.floor(roll() * 60))) / 100n;
    left -= part;
    if (k === 0 || (roll() < 0.35 && open < 400)) {
      going.push({ id: from, units: part });
      continue;
    }
    const kind = ends[Math.floor(roll() * ends.length)] as NodeKind;
    const id = `${kind}:${from}:${k}`;
    m.node(id, kind, time, part, kind === 'service' ? { claim: claimOf(`Exchange ${Math.floor(roll() * 40)}`) } : {});
    m.edge(from, id, time, part);
  }
  return going;
}
