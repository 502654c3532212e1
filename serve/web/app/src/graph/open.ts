// Which folds are open, as it stands in the address of a page. An address comes
// from anywhere, so its length is bounded and what is no id is dropped.

const idsMax = 256;
const idForm = /^[a-z_]+:[0-9A-Za-z:@~.-]{1,200}$/;

// openText puts ids into one parameter: each once, in order, so that the same view
// has the same address.
export function openText(ids: Iterable<string>): string {
  return [...new Set(ids)].sort().join(',');
}

export function openIds(text: string | null): string[] {
  if (text === null || text === '') return [];
  const ids = text.split(',', idsMax).filter((id) => idForm.test(id));
  return [...new Set(ids)].sort();
}

// toggled opens what is closed and closes what is open. The window of a peel chain
// is an id of its own; to close it, its chain is asked for.
export function toggled(open: readonly string[], id: string): string[] {
  const chain = id.split('~', 1)[0]!;
  const without = open.filter((o) => o !== id && o.split('~', 1)[0] !== chain);
  return without.length < open.length && open.includes(id) ? without : [...without, id].sort();
}
