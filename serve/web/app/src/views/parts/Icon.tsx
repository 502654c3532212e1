// Icons of the interface: ink only, since colour is evidence.
const paths = {
  search: 'M10.5 10.5 14 14M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0z',
  trace: 'M2 8h3.2M6.8 7l4.4-3.2M6.8 9l4.4 3.2M6 8a.9.9 0 1 1-1.8 0A.9.9 0 0 1 6 8zM13.4 3.2a1.2 1.2 0 1 1-2.4 0 1.2 1.2 0 0 1 2.4 0zM13.4 12.8a1.2 1.2 0 1 1-2.4 0 1.2 1.2 0 0 1 2.4 0z',
  cases: 'M3 2.5h7L13 5.5v8H3zM9.5 2.5V6H13M5.5 8.5h5M5.5 11h5',
  settings: 'M2 4.5h6M11 4.5h3M2 11.5h3M8 11.5h6M8 4.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0M5 11.5a1.5 1.5 0 1 0 3 0 1.5 1.5 0 1 0-3 0',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  sun: 'M8 5a3 3 0 1 0 0 6 3 3 0 1 0 0-6M8 1.5v1.200M8 13.300v1.200M1.5 8h1.200M13.300 8h1.200M3.400 3.400l.8.8M11.8 11.8l.8.8M3.400 12.600l.8-.8M11.8 4.200l.8-.8',
  copy: 'M5.5 5.5h7v8h-7zM10 5.5v-3H3v8h2.5',
  check: 'M3 8.5 6.5 12 13 4.5',
  close: 'M4 4l8 8M12 4l-8 8',
  undo: 'M3 6.5h6.5a3.5 3.5 0 1 1 0 7H6M3 6.5 6 3.5M3 6.5 6 9.5',
  note: 'M3 2.5h10v11H3zM5.5 5.5h5M5.5 8h5M5.5 10.5h3',
  link: 'M6.5 9.5 9.5 6.5M7 5l2-2a2.8 2.8 0 0 1 4 4l-2 2M9 11l-2 2a2.8 2.8 0 0 1-4-4l2-2',
  export: 'M8 2.5v7.5M5 7l3 3 3-3M3 12.5h10',
  pin: 'M6 2.5h4l-.5 4.5 2 2H4.5l2-2zM8 9v5',
  play: 'M5.5 3.5v9l7-4.5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  fit: 'M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3',
  unfold: 'M8 2v3.5M6.300 4 8 5.700 9.700 4M3 8h10M8 14v-3.5M6.300 12 8 10.300 9.700 12',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.1M2.5 8h.1M2.5 12h.1',
  keys: 'M2 4.5h12v7H2zM4.5 7h.1M7 7h.1M9.5 7h.1M11.5 7h.1M5.5 9.5h5',
  back: 'M10 3.5 5.5 8l4.5 4.5',
  on: 'M6 3.5 10.5 8 6 12.5',
  warn: 'M8 2.5 14 13H2zM8 6.5v3M8 11.300v.1',
  clock: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M8 5v3l2 1.5',
  refuse: 'M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 1 0 0-11M4.200 4.200l7.600 7.600',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

/** A ball of thread, with its end: what leads out. */
export function Mark() {
  return (
    <svg width="24" height="24" viewBox="0 0 24 24" className="icon brand" aria-hidden="true">
      <path d="M11 3.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 1 0 0-15M4.5 8c4-2.5 9-2 12.700 1M3.700 12c4.5-2 9.5-1 12.8 2.5M5.5 16c3-1.300 6-.8 8.5 1.200M17 15.5c1.200 2.8 2.700 4.300 5 4.8" />
    </svg>
  );
}
