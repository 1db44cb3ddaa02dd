/**
 * The label that addresses us: was it newly added?
 *
 * A changelog entry for labels holds both whole lists, joined by blanks. Only the difference counts: whoever removes
 * another label, or changes the letter case of ours, asks for nothing.
 */
import type { IgnoredReason } from '@openhands-jira/contracts';
import type { ChangelogItem } from './issue-event.js';

/** What a change did to our label. `none`: the change is not about it. */
export type LabelChange = 'added' | 'removed' | 'kept' | 'none';

/** What this changelog did to `label`. One entry that adds it is enough; next counts a removal, then a label that stayed. */
export function readLabelChange(items: readonly ChangelogItem[], label: string): LabelChange {
  const changes = items.filter(isLabelsItem).map((item) => changeOf(item, label));
  return (['added', 'removed', 'kept'] as const).find((change) => changes.includes(change)) ?? 'none';
}

/** Whether `label` is among the labels of an issue. */
export function hasLabel(labels: readonly string[], label: string): boolean {
  const wanted = label.toLowerCase();
  return labels.some((one) => one.toLowerCase() === wanted);
}

/** Why a change that did not add our label starts nothing. */
export function whyNoLabel(change: Exclude<LabelChange, 'added'>): IgnoredReason {
  return ({ removed: 'label_removed', kept: 'label_already_present', none: 'no_mention_no_label' } as const)[change];
}

/**
 * Cloud names the field by `fieldId` and may translate `field`; Data Center has no `fieldId`. A custom field that
 * somebody called "labels" is not ours.
 */
export function isLabelsItem(item: ChangelogItem): boolean {
  return item.fieldtype !== 'custom' && (item.fieldId ?? item.field) === 'labels';
}

function changeOf(item: ChangelogItem, label: string): LabelChange {
  const before = listHasLabel(item.fromString, label);
  const after = listHasLabel(item.toText, label);
  if (after) return before ? 'kept' : 'added';
  return before ? 'removed' : 'none';
}

/** Most lists do not have it anywhere, and need not be taken apart. */
function listHasLabel(list: string, label: string): boolean {
  return list.toLowerCase().includes(label.toLowerCase()) && hasLabel(list.split(/\s+/), label);
}
