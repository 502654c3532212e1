// What chains are called, and what they count in: one table for all pages. The
// ids are CAIP-2, the aliases those of chain/bitcoin.
import { messages } from '../messages';
import { plain } from './plain';

export interface ChainName {
  id: string;
  alias: string;
  coin: { ticker: string; unit: string; decimals: number };
}

const { coin } = messages.views;

export const chainNames: readonly ChainName[] = [
  { id: 'bip122:000000000019d6689c085ae165831e93', alias: 'bitcoin', coin },
  { id: 'bip122:000000000933ea01ad0ee984209779ba', alias: 'bitcoin-testnet', coin },
  { id: 'bip122:00000000da84f2bafbbc53dee25a72ae', alias: 'bitcoin-testnet4', coin },
  { id: 'bip122:00000008819873e925422c1ff0f99f7c', alias: 'bitcoin-signet', coin },
  { id: 'bip122:0f9188f13cb7b2c71f2a335e3a4fc328', alias: 'bitcoin-regtest', coin },
  { id: 'bip122:683e86bd5c6d110d91b94b97137ba6bf', alias: 'bitcoin-simnet', coin },
];

function found(chain: string): ChainName | undefined {
  return chainNames.find((c) => c.id === chain || c.alias === chain);
}

/** What a chain is called; one that is not in the table by its id. */
export function chainWord(chain: string): string {
  return found(chain)?.alias ?? plain(chain);
}

/** Whether a chain carries money; titles say so of those that do not. */
export function isMain(chain: string): boolean {
  return found(chain)?.alias === 'bitcoin';
}

/** Whether two names mean one chain. */
export function sameChain(a: string, b: string): boolean {
  return chainWord(a) === chainWord(b);
}
