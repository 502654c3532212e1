// A body goes down or up within this many pixels of where it leaves, and is level
// from there on: a long one does not lie across what stands between its ends.
export const bendMost = 150;

// bendX is where a body from x0 to x1 is level again.
export function bendX(x0: number, x1: number): number {
  const d = x1 - x0;
  return x0 + Math.sign(d) * Math.min(Math.abs(d), bendMost);
}

// What leaves a card leaves it where that happened: this far before the place that
// it goes to, or on its right side where that lies beyond.
const leaveBefore = 44;
const leaveLeast = 8;

export function leaveX(x: number, endX: number, to: number): number {
  return Math.max(Math.min(endX, x + leaveLeast), Math.min(endX, to - leaveBefore));
}
