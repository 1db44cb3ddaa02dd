/** The gate of a project: what its rules ask of an issue before work starts there. */
import { gateOf, type JiraClient, type JiraIssue, missingForGate } from '@openhands-jira/domain';
import type { ConnectionEntity } from '../connections/connection.entity.js';
import { rulesOf } from '../connections/rules.service.js';
import type { Request } from './context.js';
import { type Decision, refused } from './decision.js';

/** What is missing at the gate, in the words of the rules; null when the project has none. */
export async function missingAtGate(connection: ConnectionEntity, issue: JiraIssue, client: JiraClient): Promise<string[] | null> {
  const gate = gateOf(rulesOf(connection), issue.projectKey);
  if (!gate) return null;
  // Labels and status came with the issue; fields cost a call of their own.
  const filled = gate.fields.length === 0 ? [] : await client.filledFields(issue.id, gate.fields);
  return missingForGate(gate, issue, filled);
}

/** Why the gate is shut; null when it is open, or there is none. */
export async function shutGate({ connection, issue, client, delivery, trace }: Request): Promise<Decision | null> {
  const missing = await missingAtGate(connection, issue, client);
  if (missing === null) return null;
  const detail = missing.length === 0 ? 'Everything that the project asks for is there.' : `The project asks for what is missing: ${missing.join(', ')}.`;
  trace.note('gate', missing.length === 0 ? 'yes' : 'no', detail);
  return missing.length === 0 ? null : refused(delivery.id, { kind: 'refusal.gate_not_met', missing }, detail);
}
