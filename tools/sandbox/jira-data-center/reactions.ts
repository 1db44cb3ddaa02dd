/**
 * Reactions to comments: an internal API of newer versions, without documentation (jira-api.md 3.6). Where it is missing it is simply
 * not there. Not every emoji is taken; the eyes are not.
 */
import { jiraError } from '../jira-rest.ts';
import { json, objectBody, type Reply } from '../routes.ts';
import type { Door, KnownCall } from './door.ts';
import { findComment } from './rest-comments.ts';

export interface Reaction {
  commentId: string;
  /** Code point in hexadecimal: `1f44d` is the thumb. */
  emojiId: string;
  personKey: string;
}

/** Assumed: nobody has published the list. */
const EMOJIS = new Set(['1f44d', '1f44f', '1f525', '1f60d', '1f602', '1f622']);

const PATH = '/rest/internal/2/reactions';

export function addReactionRoutes(door: Door): void {
  door.known('POST', PATH, 'WRITE', (call) => {
    const { commentId, emojiId } = objectBody(call.request);
    return withReaction(call, commentId, emojiId, (reaction) => call.jira.addReaction(reaction));
  });
  door.known('DELETE', PATH, 'WRITE', (call) => {
    const { query } = call.request;
    return withReaction(call, query.get('commentId'), query.get('emojiId'), (reaction) => call.jira.removeReaction(reaction));
  });
  door.known('POST', `${PATH}/view`, 'READ', view);
}

function withReaction(call: KnownCall, commentId: unknown, emojiId: unknown, act: (reaction: Reaction) => void): Reply {
  if (!call.jira.behaviour.hasReactions) return call.jira.standIn.notFound(call.request.path);
  const comment = findComment(call, String(commentId));
  if (comment === undefined) return jiraError(404, 'The comment was not found.');
  if (!EMOJIS.has(String(emojiId))) return jiraError(400, 'The emoji is not supported.');
  act({ commentId: comment.id, emojiId: String(emojiId), personKey: call.person.key });
  return json(200, shape(call, comment.id));
}

function view(call: KnownCall): Reply {
  if (!call.jira.behaviour.hasReactions) return call.jira.standIn.notFound(call.request.path);
  const { commentIds } = objectBody(call.request);
  const ids = Array.isArray(commentIds) ? commentIds.map(String) : [];
  return json(200, ids.filter((id) => findComment(call, id) !== undefined).map((id) => ({ commentId: Number(id), reactions: shape(call, id) })));
}

function shape({ jira }: KnownCall, commentId: string): Record<string, unknown>[] {
  const reactions = jira.reactions.filter((one) => one.commentId === commentId);
  return [...new Set(reactions.map((one) => one.emojiId))].map((emojiId) => {
    const users = reactions.filter((one) => one.emojiId === emojiId).map((one) => ({ key: one.personKey }));
    return { emojiId, count: users.length, users };
  });
}
