// A transaction and an address of the made-up chain.
import type { Address, Chain, Move, Tx } from '../api';
import { bitcoin, txid } from './world';

const tip = { height: 560_086, hash: txid(99), time: '2019-01-25T19:29:16Z' };

export const chains: Chain[] = [{ id: bitcoin, alias: 'bitcoin', network: 'mainnet', first_height: 556_000, tip, txs: 8_412_008 }];

export const addressText = 'bc1qlarchmadeupmadeupmadeupmadeup5e9a';

const account = (address: string | null, kind = 'p2wpkh') => ({ address, kind, script: '0014' + 'ab'.repeat(20) });

export function txOf(id: string): Tx {
  return {
    schema: 'clew.tx/1', class: 'observed', chain: bitcoin, network: 'mainnet', txid: id,
    block: { height: 559_900, hash: txid(77), time: '2019-01-24T11:02:00Z', index: 89 }, tip, confirmations: 187, coinbase: false, fee: null, paid: '83384018', inputs_unknown: 1, weight: 904, traits: { ecdsa: true, input_kinds: ['p2pkh'], inputs_bip69: true, keys: ['compressed'], lock_time: 'none', low_r: false, low_s: true, multisig: false, outputs_bip69: false, rbf: false, version: '2', witness: true },
    inputs: [
      { account: account('1MadeUpAddressMadeUpAddressTvmH', 'p2pkh'), known: true, outpoint: `${txid(21)}:1`, value: '53384368' },
      { account: null, known: false, outpoint: `${txid(22)}:0`, value: null },
    ],
    outputs: [
      { account: account(addressText), n: 0, spent_by: { height: 560_000, txid: txid(30) }, value: '65720742' },
      { account: account('3MadeUpAddressMadeUpAddressi7H', 'p2sh'), n: 1, spent_by: null, value: '17663276' },
      { account: account(null, 'op_return'), n: 2, spent_by: null, value: '0' },
    ],
  };
}

const spender = { height: 560_000, txid: txid(30) };

export function addressOf(address: string): Address {
  return {
    schema: 'clew.address/1', class: 'observed', chain: bitcoin, network: 'mainnet', account: account(address), as_of: tip, balance: '4443521', received: '22106797', spent: '17663276', complete: false,
    first_height: 556_000, first_paid: { height: 559_900, time: '2019-01-24T11:02:00Z' }, last_paid: { height: 560_050, time: '2019-01-25T14:43:20Z' }, outputs_received: 2, outputs_spent: 1, left_out: 0,
    outputs: [
      { height: 560_050, outpoint: `${txid(31)}:0`, spent_by: null, time: '2019-01-25T14:43:20Z', value: '4443521' },
      { height: 559_900, outpoint: `${txid(29)}:1`, spent_by: spender, time: '2019-01-24T11:02:00Z', value: '17663276' },
    ],
  };
}

export const moves: Move[] = [
  { txid: txid(31), height: 560_050, time: '2019-01-25T14:43:20Z', received: '4443521', spent: '0' },
  { txid: txid(30), height: 560_000, time: '2019-01-25T02:10:00Z', received: '0', spent: '17663276' },
  { txid: txid(29), height: 559_900, time: '2019-01-24T11:02:00Z', received: '17663276', spent: '0' },
];
