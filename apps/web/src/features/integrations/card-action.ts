import type { Integration } from '@openhands-jira/contracts';
import { texts } from '../../texts.js';

/** The button of a card. `isNext`: the set-up waits for it. */
export interface CardAction {
  word: string;
  to: string;
  isNext: boolean;
}

const t = texts.integrations;

/** "Configure" for those who have nothing yet, "Edit" for everybody else. */
export function cloudAction(integration: Integration): CardAction | null {
  const { connection, link, capabilities } = integration;
  const to = '/settings/integrations/jira-cloud';
  if (connection === null && link === null) return capabilities.includes('configure') || capabilities.includes('link') ? { word: t.configure, to, isNext: true } : null;
  const owned = connection?.ownedByCaller ?? false;
  return { word: t.edit, to, isNext: owned && (connection?.status === 'pending' || needsAttention(integration)) };
}

function needsAttention({ state, reasons }: Integration): boolean {
  return (state === 'active' || state === 'degraded') && reasons.length > 0;
}

/**
 * Settings before anything else, then the own account, then the webhook. Somebody who can do nothing about a missing setting
 * gets no button. Where the e-mail address links people, linking by hand is never what the set-up waits for.
 */
export function dataCenterAction({ state, link, linkMethod, capabilities }: Integration, isAdmin: boolean): CardAction | null {
  if (state === 'disabled' || state === 'not_configured') return isAdmin ? { word: t.openInstallation, to: '/settings/installation', isNext: true } : null;
  const to = '/settings/integrations/jira-data-center';
  if (!link && linkMethod === 'oauth' && capabilities.includes('link')) return { word: t.connect, to, isNext: true };
  if (state === 'setup_incomplete' && capabilities.includes('install_webhook')) return { word: t.setUpWebhook, to, isNext: true };
  if (!link && capabilities.includes('link')) return { word: t.linkByEmail, to, isNext: false };
  const hasSomething = link !== null || capabilities.includes('install_webhook') || capabilities.includes('remove');
  return hasSomething ? { word: t.manage, to, isNext: false } : null;
}
