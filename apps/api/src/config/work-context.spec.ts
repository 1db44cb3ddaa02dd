import { alsoAbout, contextFor, contextOf, inContext, workContext } from './work-context.js';

describe('What the work at hand is about', () => {
  it('is known in everything that the work calls, also later, and to nobody else', async () => {
    const later = inContext({ deliveryId: 'd' }, async () => {
      await Promise.resolve();
      return workContext();
    });
    expect(workContext()).toEqual({});
    expect(await later).toEqual({ deliveryId: 'd' });
  });

  it('grows as more becomes known, and never shrinks by what is not known', () => {
    const known = inContext({ deliveryId: 'd' }, () => alsoAbout({ jobId: 'j', deliveryId: undefined }, workContext));
    expect(known).toEqual({ deliveryId: 'd', jobId: 'j' });
  });

  it.each([
    ['goes into an entry of the same job', { jobId: 'j' }, { deliveryId: 'd', jobId: 'j', traceparent: 't' }],
    ['goes into an entry that names no job', {}, { deliveryId: 'd', jobId: 'j', traceparent: 't' }],
    ['stays out of an entry of another job', { jobId: 'other' }, {}],
    ['stays out of an entry of another delivery', { deliveryId: 'other' }, {}],
  ])('%s', (_, entry, expected) => {
    expect(inContext({ deliveryId: 'd', jobId: 'j', traceparent: 't' }, () => contextFor(entry))).toEqual(expected);
  });

  it('is read from an entry without what else the entry holds', () => {
    expect(contextOf({ deliveryId: 'd', connectionId: 'c' } as never)).toEqual({ deliveryId: 'd' });
  });
});
