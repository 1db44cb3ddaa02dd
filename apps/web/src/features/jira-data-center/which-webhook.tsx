import { dataCenterTexts as t } from '../../texts-of-data-center.js';

/** Which of the webhooks in Jira is meant: its URL alone tells for certain, because people may give it any name. */
export function WhichWebhook({ url }: { url: string }) {
  return <p>{t.whichWebhook} <span className="mono">{url}</span></p>;
}
