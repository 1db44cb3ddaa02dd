import { sharedSiteCapabilities, type SharedSiteFacts, sharedSiteState } from './shared-site-state.js';

const now = new Date('2026-11-22T12:00:00Z');
const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);
const active = { status: 'active' as const, owned: false, hasOwner: true, hasWebhook: true, hadDelivery: true, watches: false, tokenExpiresAt: null, tokenRefused: false };
const facts = (changes: Partial<SharedSiteFacts> = {}): SharedSiteFacts => ({ connection: active, linked: false, isAdmin: false, hasAccount: true, now, ...changes });

describe('The integration of a site that serves the whole installation', () => {
  it.each<[string, SharedSiteFacts['connection'], string, string[]]>([
    ['nobody has asked for it yet', null, 'setup_incomplete', ['webhook_missing']],
    ['somebody has linked an account only', { ...active, status: 'pending', hasOwner: false, hasWebhook: false }, 'setup_incomplete', ['webhook_missing']],
    ['the webhook waits for its confirmation', { ...active, status: 'pending' }, 'setup_incomplete', ['webhook_unconfirmed']],
    ['it works', active, 'active', []],
    ['nothing has come yet', { ...active, hadDelivery: false }, 'active', ['no_delivery_yet']],
    ['it only watches', { ...active, hadDelivery: false, watches: true }, 'active', ['only_watches']],
    ['it is paused', { ...active, status: 'paused' }, 'paused', []],
    ['it was removed', { ...active, status: 'inactive' }, 'setup_incomplete', ['webhook_missing']],
    ['the token lives long enough', { ...active, tokenExpiresAt: inDays(31) }, 'active', []],
    ['Jira refuses the token', { ...active, tokenRefused: true, tokenExpiresAt: inDays(0) }, 'degraded', ['token_refused']],
    ['the token ends soon', { ...active, tokenExpiresAt: inDays(30) }, 'degraded', ['token_expires_soon']],
    ['the token has ended', { ...active, tokenExpiresAt: inDays(0) }, 'degraded', ['token_expired']],
  ])('shows its state to an administrator when %s', (_, connection, state, codes) => {
    const shown = sharedSiteState(facts({ connection, isAdmin: true }));
    expect([shown.state, shown.reasons.map((reason) => reason.code)]).toEqual([state, codes]);
  });

  it.each<[string, SharedSiteFacts['connection'], string, string[]]>([
    ['nobody owns it yet', null, 'setup_incomplete', ['webhook_missing']],
    ['somebody else began to set it up', { ...active, status: 'pending' }, 'setup_incomplete', ['owner_needed']],
    ['somebody else removed it', { ...active, status: 'inactive' }, 'setup_incomplete', ['owner_needed']],
    ['nothing has come yet', { ...active, hadDelivery: false }, 'active', ['no_delivery_yet']],
    ['the token has ended', { ...active, tokenExpiresAt: inDays(-1) }, 'degraded', ['owner_needed']],
  ])('asks a teammate for nothing that only others can do when %s', (_, connection, state, codes) => {
    const shown = sharedSiteState(facts({ connection }));
    expect([shown.state, shown.reasons.map((reason) => reason.code)]).toEqual([state, codes]);
  });

  const managing = ['install_webhook', 'rotate_secret', 'pause', 'remove'];
  it.each<[string, Partial<SharedSiteFacts>, string[]]>([
    ['the first one', { connection: null }, ['link', 'install_webhook', 'view_deliveries']],
    ['a teammate', {}, ['link', 'view_deliveries']],
    ['a linked teammate', { linked: true }, ['unlink', 'view_deliveries']],
    ['the owner', { connection: { ...active, owned: true }, linked: true }, ['unlink', ...managing, 'view_deliveries', 'replay']],
    ['the owner before the confirmation', { connection: { ...active, status: 'pending', owned: true }, linked: true }, ['unlink', 'install_webhook', 'remove', 'view_deliveries', 'replay']],
    ['a teammate before the confirmation', { connection: { ...active, status: 'pending' } }, ['link', 'view_deliveries']],
    ['a linked person while nobody owns it', { connection: { ...active, status: 'pending', hasOwner: false }, linked: true }, ['unlink', 'install_webhook', 'view_deliveries']],
    ['a teammate whose owner is gone', { connection: { ...active, hasOwner: false } }, ['link', 'view_deliveries']],
    ['a teammate after the removal', { connection: { ...active, status: 'inactive' } }, ['view_deliveries']],
    ['an administrator', { isAdmin: true }, ['link', ...managing, 'view_deliveries', 'replay']],
    ['the administrator token', { isAdmin: true, hasAccount: false }, [...managing, 'view_deliveries', 'replay']],
  ])('lets %s do what they may', (_, changes, capabilities) => {
    expect(sharedSiteCapabilities(facts(changes))).toEqual(capabilities);
  });
});
