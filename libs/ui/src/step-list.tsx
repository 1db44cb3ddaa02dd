import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.js';
import type { Tone } from './status-badge.js';

export interface Step {
  key: string;
  tone: Tone;
  icon: IconName;
  /** The result as a word: the icon alone would not be read. */
  word: string;
  title: string;
  detail?: ReactNode;
  time?: ReactNode;
}

/** Things that happened, in their order. */
export function StepList({ label, steps }: { label: string; steps: Step[] }) {
  return (
    <ol className="ui-steps" aria-label={label}>
      {steps.map((step) => (
        <li key={step.key} className="ui-step" data-tone={step.tone}>
          <span className="ui-step-mark"><Icon name={step.icon} size={14} /></span>
          <div className="ui-step-text">
            <p className="ui-step-title">
              {step.title} {step.word && <span className="ui-step-word">{step.word}</span>}
            </p>
            {step.detail && <div className="ui-muted ui-wrap">{step.detail}</div>}
            {step.time && <div className="ui-step-time">{step.time}</div>}
          </div>
        </li>
      ))}
    </ol>
  );
}
