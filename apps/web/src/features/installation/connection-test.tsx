import type { HealthCheck } from '@openhands-jira/contracts';
import { installationTexts as t } from '../../texts-of-installation.js';
import { CheckRun } from '../integrations/check-run.js';
import { testDataCenter } from './installation.js';

/** Tries the saved settings of the installation, also before there is a connection. */
export function ConnectionTest({ hasChanges }: { hasChanges: boolean }) {
  return <CheckRun test={testSettings} intro={t.testIntro} hasChanges={hasChanges} />;
}

/** Whatever the test of the settings lists was tried, so each line is a yes or a no. */
async function testSettings(): Promise<HealthCheck[]> {
  return (await testDataCenter()).map(({ ok, ...line }) => ({ ...line, result: ok ? 'pass' : 'fail', at: null }));
}
