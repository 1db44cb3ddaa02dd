import { type ConnectionRules, DEFAULT_RULES } from '@openhands-jira/contracts';
import { placeErrors, readDraft, toDraft } from './rules-draft.js';

const rules: ConnectionRules = {
  ...DEFAULT_RULES,
  projects: [
    { key: 'SHOP', defaultRepository: 'github.com/acme/shop', gate: { labels: ['ready', 'small'], statuses: ['To Do', 'In Progress'], fields: [] } },
    { key: 'BANK', defaultRepository: null, gate: null },
  ],
  people: { who: 'listed', emails: ['ada@example.com', '@example.org'] },
  allowedApps: ['Automation for Jira'],
};

describe('a draft of rules', () => {
  it('says the same as the rules that it was made of', () => expect(readDraft(toDraft(rules))).toEqual({ ok: true, rules }));

  it('takes lists as people write them', () => {
    const read = readDraft({ ...toDraft(rules), emails: ' Ada@Example.com \n\n@example.org\n', projects: [{ id: 0, key: 'shop', defaultRepository: ' ', labels: 'ready,, small ', statuses: '', fields: '' }] });
    expect(read).toMatchObject({ ok: true, rules: { people: { emails: ['ada@example.com', '@example.org'] }, projects: [{ key: 'SHOP', defaultRepository: null, gate: { labels: ['ready', 'small'], statuses: [], fields: [] } }] } });
  });

  it.each([
    [{ projects: [{ id: 0, key: '1-2', defaultRepository: '', labels: '', statuses: '', fields: '' }] }, 'projects.0.key', /key of a project/],
    [{ projects: [0, 1].map((id) => ({ id, key: 'shop', defaultRepository: '', labels: '', statuses: '', fields: '' })) }, 'projects.1.key', /SHOP is in the list already/],
    [{ projects: [{ id: 0, key: 'SHOP', defaultRepository: '', labels: 'ready, not ready', statuses: '', fields: '' }] }, 'projects.0.labels', /“not ready”: A label has no blanks/],
    [{ emails: 'ada@example.com\nben' }, 'emails', /“ben”: Enter an e-mail address/],
    [{ apps: 'x'.repeat(300) }, 'apps', /At most 255/],
  ])('names the field of %j that is wrong', (values, field, message) => {
    const read = readDraft({ ...toDraft(rules), ...values });
    expect(read.ok ? {} : read.errors).toEqual({ [field]: expect.stringMatching(message) });
  });

  it('leaves over what belongs to no field', () => {
    expect(placeErrors(toDraft(rules), [{ path: 'projects.0.defaultRepository', message: 'No such host.' }, { path: '', message: 'Too much.' }])).toEqual({ fields: { 'projects.0.defaultRepository': 'No such host.' }, others: ['Too much.'] });
  });
});
