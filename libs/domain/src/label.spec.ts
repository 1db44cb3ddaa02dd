import fc from 'fast-check';
import golden from './golden/golden-labels.json' with { type: 'json' };
import { hasLabel, readLabelChange, whyNoLabel } from './label.js';
import { changelogItemsOf, wordsOf } from './payload-reading.js';

interface Input {
  event: string;
  label: string;
  items?: unknown;
  labels?: unknown;
}

function judge(input: Input): { triggered: boolean; reason: string | null } {
  const change = input.event === 'created' ? (hasLabel(wordsOf(input.labels), input.label) ? 'added' : 'none') : readLabelChange(changelogItemsOf(input.items), input.label);
  return { triggered: change === 'added', reason: change === 'added' ? null : whyNoLabel(change) };
}

describe('golden table: labels', () => {
  it.each(golden.cases.map((one) => [one.name, one] as const))('%s', (_name, { input, expected }) => {
    expect(judge({ ...golden.defaults, ...input })).toEqual(expected);
  });
});

const label = fc.constantFrom('openhands', 'OpenHands', 'bug', 'ui', 'openhands-later', '"openhands"');
const labels = fc.array(label, { maxLength: 5 });
const item = (before: string[], after: string[]) => ({ field: 'labels', fieldtype: 'jira', fromString: before.join(' '), toText: after.join('  ') });

describe('a change of labels', () => {
  it('counts as added exactly when our label is in the new list and not in the old one', () => {
    fc.assert(fc.property(labels, labels, (before, after) => {
      const expected = hasLabel(after, 'openhands') && !hasLabel(before, 'openhands');
      expect(readLabelChange([item(before, after)], 'openhands') === 'added').toBe(expected);
    }));
  });

  it('turns added into removed when it is undone', () => {
    fc.assert(fc.property(labels, labels, (before, after) => {
      const opposite = { added: 'removed', removed: 'added', kept: 'kept', none: 'none' };
      expect(readLabelChange([item(after, before)], 'openhands')).toBe(opposite[readLabelChange([item(before, after)], 'openhands')]);
    }));
  });

  it('does not depend on the order of labels or on their case', () => {
    fc.assert(fc.property(labels, labels, (before, after) => {
      const shuffled = item([...before].reverse(), [...after].reverse().map((one) => one.toUpperCase()));
      expect(readLabelChange([shuffled], 'openhands')).toBe(readLabelChange([item(before, after)], 'openhands'));
    }));
  });

  it('needs one entry that adds, whatever the other entries say', () => {
    expect(readLabelChange([item(['openhands'], []), item([], ['openhands'])], 'openhands')).toBe('added');
    expect(readLabelChange([item(['openhands'], ['openhands']), item(['openhands'], [])], 'openhands')).toBe('removed');
  });

  it('never takes the inherited toString for a list of labels', () => {
    expect(changelogItemsOf([{ field: 'labels', fromString: 'openhands' }])).toEqual([{ field: 'labels', fromString: 'openhands', toText: '' }]);
  });
});
