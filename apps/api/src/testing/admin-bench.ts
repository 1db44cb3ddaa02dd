/** The routes of administrators on a database of their own, with an administrator and somebody else who are signed in. */
import { Global, Module } from '@nestjs/common';
import { AdminModule } from '../admin/admin.module.js';
import { AGENT_KEY_CHECK } from '../auth/agent-key-check.js';
import { JiraDataCenterModule } from '../jira-data-center/jira-data-center.module.js';
import { QueueModule } from '../queue/queue.module.js';
import { type AuthBench, type Browser, startAuthBench } from './auth-bench.js';

export const ADMIN_TOKEN = 'administrator-token-of-the-environment-0123456789';
export const SETTINGS = '/api/v1/admin/jira-data-center';
export const CERTIFICATES = '/api/v1/admin/certificates';

@Global()
@Module({ providers: [{ provide: AGENT_KEY_CHECK, useValue: { check: async () => 'accepted' } }], exports: [AGENT_KEY_CHECK] })
class AgentModule {}

export interface AdminBench extends AuthBench {
  root: Browser;
  member: Browser;
}

export async function startAdminBench(environment: Record<string, string> = {}): Promise<AdminBench> {
  const bench = await startAuthBench({ ADMIN_EMAILS: 'root@example.com', ADMIN_API_TOKEN: ADMIN_TOKEN, ...environment }, (databaseUrl) => [AgentModule, QueueModule.with(databaseUrl), JiraDataCenterModule, AdminModule]);
  const [root, member] = [bench.browser(), bench.browser()];
  for (const login of ['root', 'ann']) bench.hosts.github.addUser({ login, name: login === 'root' ? 'Rita Root' : 'Ann' });
  await root.signIn(bench.hosts.github, 'root');
  await member.signIn(bench.hosts.github, 'ann');
  return { ...bench, root, member };
}
