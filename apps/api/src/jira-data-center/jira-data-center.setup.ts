import { Injectable } from '@nestjs/common';
import type { DataCenterField } from '@openhands-jira/contracts';
import type { ProductSetup } from '@openhands-jira/domain';
import type { InstalledAccount } from '../connections/connection.view.js';
import { Problem } from '../security/problem.js';
import { DataCenterSettings, missingSettings } from './jira-data-center.settings.js';
import { installedAccount, siteOfBaseUrl } from './jira-data-center.site.js';

/** The settings, with everything that calls need. Holds secrets: never logged, never answered. */
export interface ReadyDataCenter {
  /** As connections name it. */
  site: string;
  baseUrl: string;
  serviceAccountPat: string;
  linkMethod: 'oauth' | 'email';
  /** Null with e-mail matching. */
  oauth: { clientId: string; clientSecret: string } | null;
}

/** What administrators read on their page. */
const FIELD_NAMES: Record<DataCenterField, string> = {
  enabled: 'Enable Jira Data Center Integration',
  linkMethod: 'user linking method',
  baseUrl: 'Jira Data Center Base URL',
  serviceAccountEmail: 'Jira Data Center Service Account Email',
  serviceAccountPat: 'Jira Data Center Service Account PAT',
  serviceAccountPatName: 'name of the PAT',
  oauthClientId: 'Jira Data Center OAuth Client ID',
  oauthClientSecret: 'Jira Data Center OAuth Client Secret',
};

/** What the installation's settings make possible now. They may change at any time, so nothing of them is kept here. */
@Injectable()
export class DataCenterSetup {
  constructor(private readonly settings: DataCenterSettings) {}

  /** For people who look at their integrations. */
  async describe(): Promise<ProductSetup> {
    const settings = await this.settings.current();
    const missing = missingSettings(settings);
    const site = settings.baseUrl === null ? '' : siteOfBaseUrl(settings.baseUrl);
    return {
      state: !settings.enabled ? 'off' : missing.length > 0 ? 'incomplete' : 'ready',
      reasons: settings.enabled ? missingReasons(missing) : OFF_REASONS,
      linkMethod: settings.linkMethod,
      sharedSite: { site, siteUrl: settings.baseUrl ?? '', account: installedAccount(settings) },
    };
  }

  /** For calls. Throws the `Problem` for the caller when the product is off or a setting is missing. */
  async ready(): Promise<ReadyDataCenter> {
    const settings = await this.settings.current();
    if (!settings.enabled) throw new Problem(404, 'product_disabled', 'Jira Data Center is not enabled on this installation. Ask an administrator.');
    const missing = missingSettings(settings);
    if (missing.length > 0) throw new Problem(404, 'product_disabled', 'Jira Data Center is enabled on this installation, but a setting is missing. Ask an administrator.');
    const { baseUrl, serviceAccountPat, linkMethod, oauthClientId: clientId, oauthClientSecret: clientSecret } = settings;
    return {
      site: siteOfBaseUrl(baseUrl!),
      baseUrl: baseUrl!,
      serviceAccountPat: serviceAccountPat!,
      linkMethod,
      oauth: linkMethod === 'oauth' ? { clientId: clientId!, clientSecret: clientSecret! } : null,
    };
  }

  /** Where this Jira is, whether it is enabled or not; null before administrators said so. */
  async address(): Promise<{ site: string; baseUrl: string } | null> {
    const { baseUrl } = await this.settings.current();
    return baseUrl === null ? null : { site: siteOfBaseUrl(baseUrl), baseUrl };
  }

  /** The service account with its token, for calls of jobs that run: also while the product is off or an OAuth setting is missing. */
  async serviceAccount(): Promise<{ site: string; baseUrl: string; token: string; tokenName: string | null } | null> {
    const { baseUrl, serviceAccountPat: token, serviceAccountPatName: tokenName } = await this.settings.current();
    return baseUrl === null || token === null ? null : { site: siteOfBaseUrl(baseUrl), baseUrl, token, tokenName };
  }

  /** The service account, without its token. */
  async account(): Promise<InstalledAccount> {
    return installedAccount(await this.settings.current());
  }

  /** True while deliveries of this site are wanted. */
  async serves(site: string): Promise<boolean> {
    const { enabled, baseUrl } = await this.settings.current();
    return enabled && baseUrl !== null && siteOfBaseUrl(baseUrl) === site;
  }
}

const OFF_REASONS: ProductSetup['reasons'] = {
  everybody: { code: 'product_disabled', detail: 'Jira Data Center is not available on this installation. Ask an administrator.' },
  administrators: { code: 'not_enabled', detail: `Jira Data Center is switched off. Switch on "${FIELD_NAMES.enabled}" on the page Installation.` },
};

function missingReasons(missing: DataCenterField[]): ProductSetup['reasons'] {
  if (missing.length === 0) return null;
  const names = missing.map((field) => FIELD_NAMES[field]).join(', ');
  return {
    everybody: { code: 'ask_administrator', detail: 'Jira Data Center is not set up on this installation yet. Ask an administrator.' },
    administrators: { code: 'setting_missing', detail: `Jira Data Center is switched on, but something is missing: ${names}. Enter it on the page Installation.` },
  };
}
