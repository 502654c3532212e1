import { useEffect, useRef, type KeyboardEvent, type MouseEvent } from 'react';
import { messages } from '../../messages';
import { grouped } from '../../state/amount';
import { windowHops, type PeelWindow } from '../../state/window';
import { Icon } from '../parts/Icon';

const text = messages.views.trace.walk;
// So far a wheel turns for one hop, in pixels.
const wheelStep = 30;

interface Props {
  window: PeelWindow;
  onMove: (to: number) => void;
  onFold: () => void;
}

/** Walks the window of an open peel chain: buttons, arrow keys, the wheel. */
export function PeelWalk({ window: w, onMove, onFold }: Props) {
  const last = w.hops - windowHops;
  const track = useWheel(w.from, onMove);
  const said = text.hops(grouped(w.from + 1), grouped(w.from + windowHops), grouped(w.hops));
  const keys = (e: KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowRight: w.from + 1, ArrowUp: w.from + 1, ArrowLeft: w.from - 1, ArrowDown: w.from - 1,
      PageUp: w.from + windowHops, PageDown: w.from - windowHops, Home: 0, End: last,
    };
    const next = to[e.key];
    if (next === undefined) return;
    e.preventDefault();
    e.stopPropagation();
    onMove(next);
  };
  const click = (e: MouseEvent) => {
    const box = e.currentTarget.getBoundingClientRect();
    onMove(Math.round(((e.clientX - box.left) / Math.max(1, box.width)) * w.hops - windowHops / 2));
  };
  return (
    <div className="walk" role="group" aria-label={text.label}>
      <span className="walk-said">{said}</span>
      <button type="button" className="btn icon-only quiet" aria-label={text.earlier} title={text.earlier} disabled={w.from === 0} onClick={() => onMove(w.from - windowHops)}>
        <Icon name="back" size={15} />
      </button>
      <svg ref={track} className="walk-track" role="slider" tabIndex={0} aria-label={text.slider} aria-valuemin={1} aria-valuemax={last + 1} aria-valuenow={w.from + 1} aria-valuetext={said} onKeyDown={keys} onClick={click}>
        <line x1="0" x2="100%" y1="50%" y2="50%" />
        <line className="walk-window" x1={`${(100 * w.from) / w.hops}%`} x2={`${(100 * (w.from + windowHops)) / w.hops}%`} y1="50%" y2="50%" />
      </svg>
      <button type="button" className="btn icon-only quiet" aria-label={text.later} title={text.later} disabled={w.from >= last} onClick={() => onMove(w.from + windowHops)}>
        <Icon name="on" size={15} />
      </button>
      <button type="button" className="btn quiet small" onClick={onFold}>
        {text.fold}
      </button>
    </div>
  );
}

/** The wheel over the track; React's own listener could not keep the page from scrolling. */
function useWheel(from: number, onMove: (to: number) => void) {
  const track = useRef<SVGSVGElement>(null);
  const latest = useRef({ from, onMove });
  const turned = useRef(0);
  latest.current = { from, onMove };
  useEffect(() => {
    const el = track.current;
    if (el === null) return;
    const wheel = (e: WheelEvent) => {
      e.preventDefault();
      turned.current += e.deltaY + e.deltaX;
      const hops = Math.trunc(turned.current / wheelStep);
      if (hops === 0) return;
      turned.current -= hops * wheelStep;
      latest.current.onMove(latest.current.from + hops);
    };
    el.addEventListener('wheel', wheel, { passive: false });
    return () => el.removeEventListener('wheel', wheel);
  }, []);
  return track;
}
