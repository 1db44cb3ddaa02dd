/** The few line drawings of the page. They decorate words and are hidden from assistive technology. */
const SHAPES = {
  check: 'M4 10.5l4 4 8-9',
  cross: 'M5 5l10 10M15 5L5 15',
  warning: 'M10 3l8 14H2L10 3zM10 8v4M10 14.6v.2',
  pause: 'M7 4v12M13 4v12',
  clock: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 6v4.3l3 1.9',
  circle: 'M10 3a7 7 0 100 14 7 7 0 000-14z',
  minus: 'M4 10h12',
  info: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM10 9v5M10 6.2v.2',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  external: 'M11 3h6v6M17 3l-8 8M14 11v5.5H3.5V6H9',
  refresh: 'M16.5 10a6.5 6.5 0 11-2-4.7M16.5 2.5v4h-4',
  next: 'M7 4l6 6-6 6',
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="ui-icon" width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
