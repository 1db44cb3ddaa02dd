import { texts } from '../../texts.js';
import { useTrigger } from './integrations.js';

/** How people ask for work in an issue, with the mention and the label of this installation. Nothing until they are known. */
export function HowToAsk() {
  const trigger = useTrigger();
  return trigger && <span>{texts.common.howToAsk(trigger)}</span>;
}
