import type { Flow } from '../graph/flow';
import { claimOf, dice, foldOf, Maker } from './made';

const policies = ['fifo', 'haircut', 'pure', 'poison'];
const day = 1_759_514_192; // 3 Oct 2025, 17:56:32 UTC
const at = (minutes: number) => day + minutes * 60;
const sat = (coins: number) => BigInt(Math.round(coins * 1e4)) * 10_000n;

function peels(): string[] {
  const roll = dice(173);
  return Array.from({ length: 173 }, () => String(sat(0.004 + 0.3 * roll() ** 6)));
}

// sample is a theft with one of each thing that is drawn: a peel chain, a fan, exits,
// a mixer, value at rest. Names and numbers are made up.
export function sample(): Flow {
  const m = new Maker(policies, [1000, 820, 400, 1000]);
  const theft = sat(242.8552);
  m.node('theft:a', 'theft', at(0), theft);
  const chain = m.node('peel:b', 'tx', at(1), theft, { last_time: at(80) });
  chain.fold = foldOf('peel', 173, {
    open: 'peel:b',
    peels: { chain: 'peel:b', offset: 0, hops: 173, bins: peels(), peeled: String(sat(7.9814)), most: String(sat(0.304)), start_value: String(theft), end_value: String(sat(234.87)), blocks: 7 },
  });
  m.edge('theft:a', 'peel:b', at(1), theft);
  m.node('service_name:k', 'service', at(20), sat(3.1042), { last_time: at(76), claim: claimOf('Kestrel Exchange'), fold: foldOf('service', 61) });
  m.edge('peel:b', 'service_name:k', at(20), sat(3.1042), 'rule');
  m.node('rest:p', 'unspent', at(30), sat(4.8772), { last_time: at(80), fold: foldOf('rest', 112) });
  m.edge('peel:b', 'rest:p', at(30), sat(4.8772));
  fan(m);
  return m.flow(theft, at(994));
}

function fan(m: Maker) {
  m.node('tx:f', 'tx', at(122), sat(234.8738), { fan: { way: 'out', count: 24, least: String(sat(9.7)), most: String(sat(9.8)), spread_basis_points: 120, opens_to: 24 } });
  m.edge('peel:b', 'tx:f', at(122), sat(234.8738));
  m.node('unspent:d', 'unspent', at(124), sat(39.1422), { fold: foldOf('rest', 4) });
  m.edge('tx:f', 'unspent:d', at(124), sat(39.1422));
  m.node('undecoded:e', 'undecoded', at(196), sat(9.7859), { txid: 'e'.repeat(64), vout: 0 });
  m.edge('tx:f', 'undecoded:e', at(196), sat(9.7859));
  m.node('tx:h', 'tx', at(214), sat(29.3581), { fold: foldOf('branches', 3) });
  m.edge('tx:f', 'tx:h', at(214), sat(29.3581), 'rule', sat(40));
  m.node('listed:x', 'listed', at(404), sat(29.3581), { claim: claimOf('Halyard Swap') });
  m.edge('tx:h', 'listed:x', at(404), sat(29.3581), 'rule', sat(40));
  m.node('mixer:m', 'mixer', at(258), sat(48.9302), { claim: claimOf('CoinJoin') });
  m.edge('tx:f', 'mixer:m', at(258), sat(48.9302));
  trunk(m);
}

function trunk(m: Maker) {
  m.node('tx:1', 'tx', at(309), sat(107.6446), { fold: foldOf('branches', 11) });
  m.edge('tx:f', 'tx:1', at(309), sat(107.6446));
  m.node('tx:2', 'tx', at(554), sat(107.6446), { txid: '0f8c45e0'.repeat(8) });
  m.edge('tx:1', 'tx:2', at(554), sat(107.6446), 'rule', sat(130));
  m.node('unspent:2', 'unspent', at(554), sat(40.6727), { txid: '0f8c45e0'.repeat(8), vout: 1 });
  m.edge('tx:2', 'unspent:2', at(554), sat(40.6727), 'rule', sat(65));
  m.node('tx:3', 'tx', at(626), sat(66.9719), { txid: '1f8c45e0'.repeat(8) });
  m.edge('tx:2', 'tx:3', at(626), sat(66.9719), 'rule', sat(84));
  m.node('unspent:3', 'unspent', at(627), sat(23.2287), { txid: '1f8c45e0'.repeat(8), vout: 0 });
  m.edge('tx:3', 'unspent:3', at(627), sat(23.2287), 'rule', sat(38));
  m.node('service:n', 'service', at(945), sat(43.7432), { claim: claimOf('Northgate Exchange') });
  m.edge('tx:3', 'service:n', at(945), sat(43.7432), 'rule', sat(55));
}
