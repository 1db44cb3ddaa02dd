import type { TraceStep } from '@openhands-jira/contracts';
import { type IconName, StepList, type Tone } from '@openhands-jira/ui';
import * as codeTexts from '../../texts-of-codes.js';

/** The steps of a decision as a readable list. */
export function TraceSteps({ label, trace }: { label: string; trace: TraceStep[] }) {
  return <StepList label={label} steps={trace.map(toStep)} />;
}

const STEP_TONES: Record<TraceStep['result'], Tone> = { yes: 'good', no: 'warning', info: 'neutral', error: 'bad' };
const STEP_ICONS: Record<TraceStep['result'], IconName> = { yes: 'check', no: 'minus', info: 'info', error: 'cross' };

function toStep({ step, result, detail, at }: TraceStep, place: number) {
  return { key: `${place}`, tone: STEP_TONES[result], icon: STEP_ICONS[result], word: codeTexts.traceWords[result], title: codeTexts.traceSteps[step] ?? step, detail, time: <TimeOfDay at={at} /> };
}

/** Steps follow each other within moments, so the day would only repeat itself. */
function TimeOfDay({ at }: { at: string }) {
  return <time dateTime={at}>{new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(new Date(at))}</time>;
}
