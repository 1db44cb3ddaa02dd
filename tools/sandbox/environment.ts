/** Where the stand-ins listen, and the environment with which the product talks to them and to nothing else. */
import { AUTHORITY_FILE } from './jira-data-center/certificates.ts';
import { CREDENTIALS } from './seed.ts';

export interface SandboxUrls {
  /** Page and control API. */
  page: string;
  atlassian: string;
  /** With `{site}` in place of the host. */
  atlassianSiteTemplate: string;
  github: string;
  githubApi: string;
  gitlab: string;
  bitbucket: string;
  bitbucketDataCenter: string;
  openhands: string;
  /** Base URL with the context path. */
  jiraDataCenter: string;
}

/**
 * @param addresses of Atlassian, GitHub, GitLab, Bitbucket, Bitbucket Data Center, OpenHands and Jira Data Center, in this order
 * @param contextPath of Jira Data Center
 */
export function addressBook(addresses: string[], contextPath: string): SandboxUrls {
  const [atlassian = '', github = '', gitlab = '', bitbucket = '', bitbucketDataCenter = '', openhands = '', jiraDataCenter = ''] = addresses;
  return {
    page: `${atlassian}/`,
    atlassian,
    atlassianSiteTemplate: `${atlassian}/_site/{site}`,
    github,
    githubApi: `${github}/api/v3`,
    gitlab,
    bitbucket,
    bitbucketDataCenter,
    openhands,
    jiraDataCenter: jiraDataCenter + contextPath,
  };
}

/** @param sites hosts of the Jira sites, whose endings must be allowed */
export function productEnvironment(urls: SandboxUrls, sites: string[]): Record<string, string> {
  const { oauthClientId: id, oauthClientSecret: secret } = CREDENTIALS;
  const suffixes = new Set(sites.map((host) => host.split('.').slice(1).join('.')));
  return {
    ATLASSIAN_AUTH_URL: urls.atlassian,
    ATLASSIAN_API_URL: urls.atlassian,
    ATLASSIAN_SITE_URL: urls.atlassianSiteTemplate,
    JIRA_CLOUD_SITE_SUFFIXES: [...suffixes].join(','),
    JIRA_CLOUD_CLIENT_ID: id,
    JIRA_CLOUD_CLIENT_SECRET: secret,
    GITHUB_URL: urls.github,
    GITHUB_API_URL: urls.githubApi,
    GITHUB_CLIENT_ID: id,
    GITHUB_CLIENT_SECRET: secret,
    GITLAB_URL: urls.gitlab,
    GITLAB_CLIENT_ID: id,
    GITLAB_CLIENT_SECRET: secret,
    GITLAB_CONFIRMS_ADDRESSES: 'true',
    BITBUCKET_URL: urls.bitbucket,
    BITBUCKET_API_URL: urls.bitbucket,
    BITBUCKET_CLIENT_ID: id,
    BITBUCKET_CLIENT_SECRET: secret,
    BITBUCKET_DC_URL: urls.bitbucketDataCenter,
    BITBUCKET_DC_CLIENT_ID: id,
    BITBUCKET_DC_CLIENT_SECRET: secret,
    OPENHANDS_URL: urls.openhands,
    OPENHANDS_API_KEY: CREDENTIALS.openhandsKey,
  };
}

/**
 * What an installation with Jira Data Center has on top. Its host must be allowed by name, because it is this very machine; with TLS
 * the sandbox's authority is trusted.
 */
export function dataCenterEnvironment(urls: SandboxUrls): Record<string, string> {
  const { hostname, protocol } = new URL(urls.jiraDataCenter);
  return {
    JIRA_DC_ENABLED: 'true',
    JIRA_DC_LINK_METHOD: 'oauth',
    JIRA_DC_BASE_URL: urls.jiraDataCenter,
    JIRA_DC_CLIENT_ID: CREDENTIALS.oauthClientId,
    JIRA_DC_CLIENT_SECRET: CREDENTIALS.oauthClientSecret,
    JIRA_DC_SERVICE_ACCOUNT_EMAIL: CREDENTIALS.dataCenterAccountEmail,
    JIRA_DC_SERVICE_ACCOUNT_PAT: CREDENTIALS.dataCenterPat,
    OUTBOUND_ALLOWED_HOSTS: hostname,
    ...(protocol === 'https:' && { TRUSTED_CA_CERTIFICATES: AUTHORITY_FILE }),
  };
}
