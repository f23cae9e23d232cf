import { describe, expect, it } from '@jest/globals';
import { createNetworkPolicy } from '../../../src/actions/remote/network-policy.ts';

const nobody = createNetworkPolicy([]);

describe('where a remote service may be', () => {
  it.each(['93.184.215.14', '8.8.8.8', '172.32.0.1', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'])(
    'a public address such as %s is fine',
    (address) => {
      expect(nobody.allows('https:', 'farm.example', address)).toBe(true);
    },
  );

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.255.254',
    '198.18.0.1',
    '203.0.113.9',
    '::1',
    'fc00::1',
    'fdff::1',
    '2001:db8::1',
    '2002:0a00:0001::1',
    '2001:0:1:2::',
    '64:ff9b::10.0.0.1',
    '4000::1',
    '::10.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
  ])('a private one such as %s is not, unless the host is listed', (address) => {
    expect(nobody.allows('https:', 'farm.example', address)).toBe(false);
    expect(createNetworkPolicy(['other.example']).allows('https:', 'farm.example', address)).toBe(false);
    expect(createNetworkPolicy(['Farm.Example']).allows('https:', 'farm.example', address)).toBe(true);
  });

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '255.255.255.255',
    '224.0.0.1',
    'fe80::1',
    'fd00:ec2::254',
    'ff02::1',
    '::',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
  ])('%s is not even for a listed name: only for itself', (address) => {
    expect(createNetworkPolicy(['farm.example']).allows('https:', 'farm.example', address)).toBe(false);
    expect(createNetworkPolicy([address]).allows('https:', address, address)).toBe(true);
  });

  it('an IPv4 address in the clothes of IPv6 is judged as what it is', () => {
    expect(nobody.allows('https:', 'farm.example', '::ffff:93.184.215.14')).toBe(true);
  });

  it('a listed address may stand in brackets, as in a URL', () => {
    expect(createNetworkPolicy(['[fd00::7]']).allows('https:', 'fd00::7', 'fd00::7')).toBe(true);
  });

  it('plain http stays on this machine, whatever is listed', () => {
    const policy = createNetworkPolicy(['farm.example', 'localhost']);
    expect(policy.allows('http:', 'localhost', '127.0.0.1')).toBe(true);
    expect(policy.allows('http:', 'farm.example', '93.184.215.14')).toBe(false);
    expect(policy.allows('http:', 'farm.example', '10.0.0.1')).toBe(false);
  });

  it.each(['', 'farm.example', '10.0.0', '127.1'])('"%s" is no address', (address) => {
    expect(createNetworkPolicy([address]).allows('https:', address, address)).toBe(false);
  });
});
