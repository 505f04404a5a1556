import { expect, it } from 'vitest';
import {
  networksOfNetstat,
  networksOfRoutePrint,
  networksOfRouteTable,
} from '../../../../src/here/platform/route-tables.js';

it('reads the routes of a Linux kernel', () => {
  const table = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t0000080A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
`;
  expect(networksOfRouteTable(table)).toEqual(['10.8.0.0/16', '192.168.1.0/24']);
});

it('reads the routes of a Windows in any language', () => {
  const table = `===========================================================================\r
IPv4-Routentabelle\r
===========================================================================\r
Aktive Routen:\r
     Netzwerkziel    Netzwerkmaske          Gateway    Schnittstelle Metrik\r
          0.0.0.0          0.0.0.0      192.168.1.1    192.168.1.40     35\r
         10.8.0.0      255.255.0.0   Auf Verbindung        10.8.0.2    281\r
        127.0.0.0        255.0.0.0   Auf Verbindung       127.0.0.1    331\r
      192.168.1.0    255.255.255.0   Auf Verbindung    192.168.1.40    291\r
     192.168.1.40  255.255.255.255   Auf Verbindung    192.168.1.40    291\r
        224.0.0.0        240.0.0.0   Auf Verbindung       127.0.0.1    331\r
===========================================================================\r
`;
  expect(networksOfRoutePrint(table)).toEqual(['10.8.0.0/16', '192.168.1.0/24']);
});

it('reads the routes of a Mac, which leaves out what goes without saying', () => {
  const table = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
10.8/16            utun4              USc                 utun4
127                127.0.0.1          UCS                   lo0
127.0.0.1          127.0.0.1          UH                    lo0
169.254            link#11            UCS                   en0      !
172.20.4/22        link#11            UCS                   en0      !
192.168.1          link#11            UCS                   en0      !
192.168.1.1/32     link#11            UCS                   en0      !
224.0.0/4          link#11            UmCS                  en0      !
255.255.255.255/32 link#11            UCS                   en0      !
`;
  expect(networksOfNetstat(table)).toEqual([
    '10.8.0.0/16',
    '169.254.0.0/16',
    '172.20.4.0/22',
    '192.168.1.0/24',
  ]);
});

it.each([networksOfRouteTable, networksOfRoutePrint, networksOfNetstat])(
  'finds nothing in nothing',
  (read) => {
    expect(['', 'x', '\0\0'].flatMap((text) => read(text))).toEqual([]);
  },
);
