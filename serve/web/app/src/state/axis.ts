// Where a time stands on the screen. The flow says it; the strip draws by it.
export interface Axis {
  times: number[];
  x: number[];
}

/** Pixels from the left edge; beyond the ends it stays at them. */
export function xOf(axis: Axis, time: number): number {
  const { times, x } = axis;
  const last = times.length - 1;
  if (last < 0) return 0;
  if (time <= (times[0] ?? 0)) return x[0] ?? 0;
  if (time >= (times[last] ?? 0)) return x[last] ?? 0;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if ((times[mid] ?? 0) <= time) low = mid;
    else high = mid;
  }
  const [t0, t1, x0, x1] = [times[low] ?? 0, times[high] ?? 0, x[low] ?? 0, x[high] ?? 0];
  return t1 === t0 ? x0 : x0 + ((x1 - x0) * (time - t0)) / (t1 - t0);
}

/** The time at a place, in whole seconds. */
export function timeAt(axis: Axis, px: number): number {
  return Math.round(xOf({ times: axis.x, x: axis.times }, px));
}

/** An axis of its own, linear, for where no picture gives one. */
export function linearAxis(from: number, to: number, width: number, pad: number): Axis {
  return { times: [from, Math.max(to, from + 1)], x: [pad, Math.max(width - pad, pad + 1)] };
}
