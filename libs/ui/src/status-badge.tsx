import { Icon, type IconName } from './icon.js';

/** How something stands. Each tone has its own icon, so that the colour never stands alone. */
export type Tone = 'good' | 'progress' | 'neutral' | 'warning' | 'bad';

const ICONS: Record<Tone, IconName> = { good: 'check', progress: 'clock', neutral: 'circle', warning: 'warning', bad: 'cross' };

/** A state as icon and word. */
export function StatusBadge({ tone, icon, children }: { tone: Tone; icon?: IconName; children: string }) {
  return (
    <span className="ui-badge" data-tone={tone}>
      <Icon name={icon ?? ICONS[tone]} size={14} />
      {children}
    </span>
  );
}
