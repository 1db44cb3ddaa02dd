import { DeliveryReason, JobFailureReason, REASONS_BY_OUTCOME } from '@openhands-jira/contracts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const GUIDE = readFileSync(join(import.meta.dirname, '../../../../docs/guides/troubleshooting.md'), 'utf8');

/** First cells of the table rows that stand under a heading of the guide, up to the next heading of any depth. */
function firstCells(headingPart: string): string[] {
  const section = GUIDE.split(/^#{2,} /m).find((part) => part.split('\n', 1)[0]?.includes(headingPart)) ?? '';
  return section.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|')[1] ?? '');
}

/** Codes in the first column; a row may name several. */
function codesUnder(headingPart: string): string[] {
  return firstCells(headingPart).flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map((match) => match[1] ?? ''));
}

describe('The troubleshooting guide', () => {
  it.each(Object.entries(REASONS_BY_OUTCOME))('explains every reason of the outcome "%s", and no other', (outcome, reasons) => {
    expect(codesUnder(`\`${outcome}\``).sort()).toEqual([...reasons].sort());
  });

  it('explains each reason in one row only', () => {
    const rows = DeliveryReason.options.map((reason) => [reason, GUIDE.split(`\n| \`${reason}\` |`).length - 1]);
    expect(rows).toEqual(DeliveryReason.options.map((reason) => [reason, 1]));
  });

  it('explains every way in which a job ends without a result', () => {
    expect(codesUnder('ended without a result').sort()).toEqual([...JobFailureReason.options].sort());
  });
});
