import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.js';
import type { Tone } from './status-badge.js';

const ICONS: Record<Tone, IconName> = { good: 'check', progress: 'clock', neutral: 'info', warning: 'warning', bad: 'cross' };

export interface NoticeProps {
  tone: Tone;
  title?: string;
  children?: ReactNode;
  /** `alert` interrupts and is for failures; `status` waits for a pause. Without it nothing is announced. */
  role?: 'alert' | 'status';
}

/** A message that stays where it concerns. */
export function Notice({ tone, title, children, role }: NoticeProps) {
  return (
    <div className="ui-notice" data-tone={tone} role={role}>
      <Icon name={ICONS[tone]} size={18} />
      <div>
        {title && <p className="ui-notice-title">{title}</p>}
        {children && <div className="ui-notice-body">{children}</div>}
      </div>
    </div>
  );
}
