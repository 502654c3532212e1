// Names and notes come from strangers. What would turn the direction of text,
// hide in it or overwrite it is made visible, as internal/plain does.

const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

const nameMax = 200;

/** One line of text from outside, at most 200 characters of it. */
export function plain(text: string): string {
  const line = text.replace(/[\t\n]/g, ' ').replace(hidden, escaped);
  return line.length > nameMax ? line.slice(0, nameMax) + '\u2026' : line;
}

/** Text of several lines. */
export function plainText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(hidden, escaped);
}

function escaped(c: string): string {
  return '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0');
}

/** Identifiers in tables: the first six and the last four characters. */
export function shortened(id: string): string {
  const p = plain(id);
  return p.length <= 13 ? p : `${p.slice(0, 6)}\u2026${p.slice(-4)}`;
}

/** An outpoint in tables: its transaction shortened, its number whole. */
export function shortOutpoint(outpoint: string): string {
  const colon = outpoint.lastIndexOf(':');
  return colon < 0 ? shortened(outpoint) : shortened(outpoint.slice(0, colon)) + plain(outpoint.slice(colon));
}

/** A start of a question in tables: an outpoint or an address, with its chain before it where it has one. */
export function shortStart(start: string): string {
  const at = start.indexOf(':');
  return /^[a-z0-9]+:/.test(start) && at < 12 ? `${start.slice(0, at)} ${shortOutpoint(start.slice(at + 1))}` : shortOutpoint(start);
}
