/** Where the stand-ins listen, and the environment with which the product talks to them and to nothing else. */
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
}

/** @param addresses of Atlassian, GitHub, GitLab, Bitbucket, Bitbucket Data Center and OpenHands, in this order */
export function addressBook(addresses: string[]): SandboxUrls {
  const [atlassian = '', github = '', gitlab = '', bitbucket = '', bitbucketDataCenter = '', openhands = ''] = addresses;
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
