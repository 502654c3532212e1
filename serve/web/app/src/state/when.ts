// Times are UTC, 24 hours, and written without the locale of the browser, so
// that two people read the same page.

import { messages } from '../messages';

const { months } = messages.flow;
const { units } = messages.views;

function two(n: number): string {
  return String(n).padStart(2, '0');
}

/** Seconds since 1970 of a time in RFC 3339, or null if it is none. */
export function seconds(rfc3339: string | null | undefined): number | null {
  if (!rfc3339) return null;
  const ms = Date.parse(rfc3339);
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000);
}

/** "25 Jan 2019 17:56:32 UTC" */
export function full(unix: number): string {
  const d = new Date(unix * 1000);
  return messages.views.utc(`${d.getUTCDate()} ${months[d.getUTCMonth()]} ${d.getUTCFullYear()} ${clock(unix)}`);
}

/** "17:56:32" */
export function clock(unix: number): string {
  const d = new Date(unix * 1000);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** "25 Jan 17:56", with the year where it is not that of the other times beside it. */
export function short(unix: number, yearBeside?: number): string {
  const d = new Date(unix * 1000);
  const year = yearBeside !== undefined && yearBeside !== d.getUTCFullYear() ? ` ${d.getUTCFullYear()}` : '';
  return `${d.getUTCDate()} ${months[d.getUTCMonth()]}${year} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

export function yearOf(unix: number): number {
  return new Date(unix * 1000).getUTCFullYear();
}

/** A stretch of time in its two largest units: "15 h 45 min". */
export function span(secs: number): string {
  const parts: [number, string][] = [
    [86_400, units.day],
    [3_600, units.hour],
    [60, units.minute],
    [1, units.second],
  ];
  let left = Math.max(0, Math.floor(secs));
  const said: string[] = [];
  for (const [size, unit] of parts) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n > 0) said.push(`${n} ${unit}`);
    if (said.length === 2 || (said.length === 1 && n === 0)) break;
  }
  return said.length === 0 ? `0 ${units.second}` : said.join(' ');
}
