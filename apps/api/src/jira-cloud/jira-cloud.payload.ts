/** What a delivery of Jira Cloud says. Only people are named in Cloud's own way; the reading itself serves both products. */
import { type IssueEvent, readIssueEvent, shapeOf, textOf } from '@openhands-jira/domain';
import { actorOf } from './jira-cloud.shapes.js';

/** Reads the JSON body of a delivery; null when it is no object with a `webhookEvent`. */
export function readCloudEvent(payload: unknown): IssueEvent | null {
  return readIssueEvent(payload, actorOf);
}

/** The host of the site that speaks, from the addresses in the payload; null when there is none. It only finds candidates: the signature decides. */
export function siteOfPayload(payload: unknown): string | null {
  const body = shapeOf(payload);
  const addresses = [body['issue'], body['comment'], body['user'], shapeOf(body['comment'])['author']].map((part) => textOf(shapeOf(part), 'self'));
  const address = addresses.find((one) => one !== null && URL.canParse(one));
  return address ? new URL(address).hostname.replace(/\.$/, '') : null;
}
