import fc from 'fast-check';
import { canBeCopied, type CommentAudience, haveSameReaders, mayReach } from './comment-audience.js';

const open: CommentAudience = { visibility: null, internal: false };
const note: CommentAudience = { visibility: null, internal: true };
const developers: CommentAudience = { visibility: { type: 'role', value: 'Developers', identifier: '10' }, internal: false };
const group: CommentAudience = { visibility: { type: 'group', value: 'Developers' }, internal: false };
const unknown: CommentAudience = { visibility: { type: 'unknown', value: '' }, internal: false };

describe('What was said to some readers', () => {
  it.each<[string, CommentAudience, string, CommentAudience, boolean]>([
    ['everybody', open, 'everybody', open, true],
    ['everybody', open, 'a role', developers, true],
    ['everybody', open, 'nobody knows whom', unknown, true],
    ['a role', developers, 'the same role', developers, true],
    ['a role', developers, 'everybody', open, false],
    ['a role', developers, 'a group of that name', group, false],
    ['a role', developers, 'another role', { ...open, visibility: { type: 'role', value: 'Administrators' } }, false],
    ['the team', note, 'the team', note, true],
    ['the team', note, 'customers', open, false],
    ['a role in the team', { ...developers, internal: true }, 'the role', developers, false],
    ['nobody knows whom', unknown, 'everybody', open, false],
    ['nobody knows whom', unknown, 'nobody knows whom', unknown, false],
  ])('namely %s: %j, in an answer to %s: %j, may come back: %s', (_, said, __, answers, expected) => {
    expect(mayReach(answers, said)).toBe(expected);
  });

  const audience: fc.Arbitrary<CommentAudience> = fc.constantFrom(open, note, developers, group, unknown, { ...developers, internal: true });

  it('may come back to others only if they are the same, or it was open to them', () => {
    fc.assert(fc.property(audience, audience, (a, b) => {
      if (haveSameReaders(a, b)) expect([a.visibility, a.internal]).toEqual([b.visibility, b.internal]);
      expect(haveSameReaders(a, b)).toBe(haveSameReaders(b, a));
      expect(haveSameReaders(a, a)).toBe(canBeCopied(a));
    }));
  });
});
