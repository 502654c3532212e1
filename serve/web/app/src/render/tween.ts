import type { Scene } from './scene';

// How long widths take to change when another policy is chosen, in milliseconds; as
// --fade in tokens.css.
const fadeMs = 160;

// With more bodies than this the change is a cut: each step of it would redraw all.
export const tweenMost = 1500;

function reduced(): boolean {
  return typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;
}

// reweighed says whether two scenes of one placement differ in widths.
export function reweighed(a: Scene, b: Scene): boolean {
  return a.width0.length === b.width0.length && b.width0.some((w, i) => w !== a.width0[i]);
}

// between is the scene at a part t of the way from one to the other: its bodies move,
// all else is that of the second.
export function between(a: Scene, b: Scene, t: number): Scene {
  const mix = (from: Float32Array, to: Float32Array) => to.map((v, i) => from[i]! + (v - from[i]!) * t);
  return { ...b, width0: mix(a.width0, b.width0), width1: mix(a.width1, b.width1), y0: mix(a.y0, b.y0), y1: mix(a.y1, b.y1) };
}

// easeOut slows down towards the end.
const easeOut = (t: number) => 1 - (1 - t) ** 3;

// Tween leads from one scene to another, in frames; a new one ends the one before.
export class Tween {
  private frame = 0;

  run(from: Scene, to: Scene, draw: (s: Scene) => void): void {
    this.stop();
    if (reduced()) return draw(to);
    const began = performance.now();
    const step = () => {
      const t = Math.min(1, (performance.now() - began) / fadeMs);
      this.frame = t < 1 ? requestAnimationFrame(step) : 0;
      draw(t < 1 ? between(from, to, easeOut(t)) : to);
    };
    step();
  }

  stop(): void {
    cancelAnimationFrame(this.frame);
  }
}
