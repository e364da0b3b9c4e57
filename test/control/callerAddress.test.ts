import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HeaderMetadata } from '../../platform/grpc/http2/HeaderMetadata.ts';
import { callerAddress, FORWARDED_FOR } from '../../control/accounts/callerAddress.ts';
import { peerNetwork } from '../../platform/access/peerNetwork.ts';

const GATEWAY = '10.1.2.3';

describe('callerAddress', () => {
  for (const [what, peer, forwarded, address] of [
    ['a peer', '203.0.113.7:4711', undefined, '203.0.113.7'],
    ['a peer by IPv6', '[2001:db8::5]:4711', undefined, '2001:db8::5'],
    ['a peer by IPv4 within IPv6', '[::ffff:203.0.113.7]:4711', undefined, '203.0.113.7'],
    ['what a stranger says', '203.0.113.7:4711', '198.51.100.9', '203.0.113.7'],
    ['what a gateway says', `${GATEWAY}:4711`, '198.51.100.9', '198.51.100.9'],
    ['what a gateway says that listens on ::', `${GATEWAY}:4711`, '::ffff:198.51.100.9', '198.51.100.9'],
    ['the nearest that it says', `[::ffff:${GATEWAY}]:4711`, '203.0.113.7, 198.51.100.9', '198.51.100.9'],
    ['what is no address', `${GATEWAY}:4711`, 'dead.beef', GATEWAY],
  ] as const)
    it(`takes ${what} for ${address}`, () => {
      const metadata = new HeaderMetadata({ [FORWARDED_FOR]: forwarded });
      assert.equal(callerAddress({ peer, metadata }, [GATEWAY]), address);
    });
});

describe('peerNetwork', () => {
  for (const [address, network] of [
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3::', '1:2:3:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['2001:db8:1:2::203.0.113.7', '2001:db8:1:2::/64'],
    ['test', 'test'],
  ] as const)
    it(`counts ${address} as ${network}`, () => {
      assert.equal(peerNetwork(address), network);
    });
});
