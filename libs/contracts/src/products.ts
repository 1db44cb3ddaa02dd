/** The two Jira products that we serve. */
import { z } from 'zod';

export const PRODUCTS = ['jira-cloud', 'jira-data-center'] as const;

/** Jira Cloud or Jira Data Center. */
export const Product = z.enum(PRODUCTS).meta({ id: 'Product' });
export type Product = z.infer<typeof Product>;

export const GIT_PROVIDERS = ['github', 'gitlab', 'bitbucket', 'bitbucket-data-center'] as const;

/** The kinds of git provider that people sign in with and keep repositories at. */
export const GitProviderId = z.enum(GIT_PROVIDERS).meta({ id: 'GitProviderId' });
export type GitProviderId = z.infer<typeof GitProviderId>;
