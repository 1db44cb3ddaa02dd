import { AddressGuard, isSpecialAddress } from './address-guard.js';

describe('An address', () => {
  const guard = new AddressGuard([]);

  it.each(['fd00:ec2::254', 'FD00:0EC2:0:0:0:0:0:254', 'fd20:ce::254', '100.100.100.200', '::ffff:100.100.100.200', '::7f00:1', '::a00:1'])('%s, of a metadata service or an old way to hold an IPv4 address, is out of reach for everybody', (address) => {
    expect([guard.isAllowedAddress(address, 'organisation'), guard.isAllowedAddress(address), isSpecialAddress(address)]).toEqual([false, false, true]);
  });

  it.each(['fd00:ec2::253', 'fd00::1', '100.100.100.201', '10.0.0.1'])('%s next to them is one of an organisation', (address) => {
    expect([guard.isAllowedAddress(address, 'organisation'), guard.isAllowedAddress(address), isSpecialAddress(address)]).toEqual([true, false, false]);
  });

  it('of a metadata service may be called when the operator lists it', () => {
    expect(new AddressGuard(['fd00:ec2::254']).isAllowedAddress('fd00:ec2::254')).toBe(true);
  });
});
