import type { Placement } from '../layout/place';
import { messages } from '../messages';

// Tick is a time on the axis, in UTC. day is empty where it is that of the tick before.
export interface Tick {
  x: number;
  day: string;
  clock: string;
}

const two = (n: number) => String(n).padStart(2, '0');

export function clockOf(time: number): string {
  const d = new Date(time * 1000);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
}

export function dayOf(time: number): string {
  const d = new Date(time * 1000);
  return `${d.getUTCDate()} ${messages.flow.months[d.getUTCMonth()]}`;
}

// ticksOf names the columns that there is room for, from left to right: toX is
// where a place of the picture is on the screen, wide how wide a tick's words are.
// A year is said where it changes.
export function ticksOf(p: Placement, toX: (x: number) => number, wide: (t: Tick) => number, right: number): Tick[] {
  const ticks: Tick[] = [];
  let [edge, lastDay, lastYear] = [0, '', 0];
  p.tickTime.forEach((time, k) => {
    const x = toX(p.tickX[k]!);
    if (x < 0) return;
    const [day, year] = [dayOf(time), new Date(time * 1000).getUTCFullYear()];
    const said = year === lastYear ? day : `${day} ${year}`;
    const tick = { x, day: day === lastDay && year === lastYear ? '' : said, clock: clockOf(time) };
    const width = wide(tick);
    const left = Math.max(axisPad, x - width / 2);
    const last = ticks[ticks.length - 1];
    const again = tick.day === '' && last?.clock === tick.clock;
    if (again || left < edge || left + width > right) return;
    ticks.push(tick);
    [edge, lastDay, lastYear] = [left + width + 2 * axisPad, day, year];
  });
  return ticks;
}

// How near to the edge words of the axis come, and half of what is between them.
export const axisPad = 8;
