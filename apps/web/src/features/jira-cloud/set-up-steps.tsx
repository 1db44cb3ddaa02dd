import { ExternalLink, Section } from '@openhands-jira/ui';
import { cloudTexts } from '../../texts-of-cloud.js';
import { texts } from '../../texts.js';
import { USED_EVENTS, webhooksPage, WebhookSteps } from './webhook-steps.js';

/** Beside the form: how to get each value, step by step, with what has to be pasted in Jira. */
export function SetUpSteps({ site, webhookUrl }: { site: string; webhookUrl: string }) {
  const t = cloudTexts;
  return (
    <Section title={t.stepsTitle}>
      <h3 className="how-to-title">{t.stepAccount}</h3>
      <ol className="how-to">{t.accountSteps.map((step) => <li key={step}>{step}</li>)}</ol>
      <p><ExternalLink href="https://admin.atlassian.com/" newTab={texts.common.newTab}>{t.openAdmin}</ExternalLink></p>
      <h3 className="how-to-title">{t.stepWebhook}</h3>
      <WebhookSteps adminPage={webhooksPage(site)} url={webhookUrl} secret={t.secretTyped} events={USED_EVENTS} />
      <p className="ui-muted">{t.ownUrlLater}</p>
    </Section>
  );
}
