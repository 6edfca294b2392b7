import { MalformedError } from '../../local/oracle/malformed-error.ts';
import { PacketReader } from '../../local/oracle/net/packet-reader.ts';
import { ConnectReader } from '../../local/oracle/net/connect-request.ts';
import { dataPackets } from '../../local/oracle/net/packets.ts';
import { encodeDate } from '../../local/oracle/ttc/oracle-date.ts';
import { decodeNumber, encodeNumber } from '../../local/oracle/ttc/oracle-number.ts';
import { TtcReader } from '../../local/oracle/ttc/ttc-reader.ts';
import { TtcWriter } from '../../local/oracle/ttc/ttc-writer.ts';

function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

function hexOf(buffer: Buffer): string {
  return (buffer.toString('hex').match(/../g) ?? []).join(' ');
}

describe('a NUMBER', () => {
  test.each([
    [0, '80'],
    [1, 'c1 02'],
    [10, 'c1 0b'],
    [100, 'c2 02'],
    [12345.678, 'c3 02 18 2e 44 51'],
    [0.01, 'c0 02'],
    [0.1, 'c0 0b'],
    [0.0001, 'bf 02'],
    [-1, '3e 64 66'],
    [-0.05, '3f 60 66'],
    [1e21, 'cb 0b'],
    [Number.MAX_SAFE_INTEGER, 'c8 5b 08 14 5d 37 4b 0a 5c'],
  ])('%d goes to its bytes and back', (value, hex) => {
    expect(hexOf(encodeNumber(value))).toBe(hex);
    expect(decodeNumber(bytes(hex))).toBe(value);
  });
});

test('a DATE is in UTC', () => {
  expect(hexOf(encodeDate(new Date('2026-11-20T12:34:56.789Z')))).toBe('78 7e 0b 14 0d 23 39');
});

describe('a value of TTC', () => {
  test.each([
    [0, '00'],
    [1, '01 01'],
    [255, '01 ff'],
    [256, '02 01 00'],
    [4_294_967_295, '04 ff ff ff ff'],
  ])('%d is written with its length', (value, hex) => {
    expect(hexOf(new TtcWriter().ub(value).toBuffer())).toBe(hex);
    expect(new TtcReader(bytes(hex)).ub()).toBe(value);
  });

  test('of 252 bytes is written in one piece and one of 253 in chunks', () => {
    const short = new TtcWriter().bytes(Buffer.alloc(252)).toBuffer();
    const long = new TtcWriter().bytes(Buffer.alloc(253)).toBuffer();

    expect(hexOf(short.subarray(0, 3))).toBe('fc 00 00');
    expect(hexOf(long.subarray(0, 3))).toBe('fe 01 fd');
    expect(long.at(-1)).toBe(0);
    expect(new TtcReader(short).bytes()).toEqual(Buffer.alloc(252));
    expect(new TtcReader(long).bytes()).toEqual(Buffer.alloc(253));
  });

  test('that is longer than a chunk is put together again', () => {
    const value = Buffer.alloc(70_000, 'lockstep');
    expect(new TtcReader(new TtcWriter().bytes(value).toBuffer()).bytes()).toEqual(value);
  });

  test.each(['00', 'ff'])('is null where its length is %s', (hex) => {
    expect(new TtcReader(bytes(hex)).bytes()).toBeNull();
  });

  test('announces a text by its length', () => {
    const written = new TtcWriter().announcedText('ä').announcedText('').toBuffer();
    const reader = new TtcReader(written);

    expect(hexOf(written)).toBe('01 02 02 c3 a4 00');
    expect([reader.announcedText(), reader.announcedText()]).toEqual(['ä', '']);
    expect(reader.isAtEnd).toBe(true);
  });

  test.each([
    ['a number that is cut off', '04 01 02', 'ub'],
    ['a number with the sign of a negative one', '81 01', 'ub'],
    ['bytes that are cut off', '05 01 02', 'bytes'],
    ['a chunk that is cut off', 'fe 01 05 01', 'bytes'],
    ['chunks without an end', 'fe 01 01 01', 'bytes'],
    ['a text without an end', '41 42', 'terminatedText'],
    ['nothing', '', 'u8'],
  ] as const)('fails to be read from %s', (_, hex, verb) => {
    expect(() => new TtcReader(bytes(hex))[verb]()).toThrow(MalformedError);
  });
});

describe('a stream of packets', () => {
  test('is cut into packets however it arrives', () => {
    const stream = bytes('000a 0000 01 000000 aabb 0009 0000 06 000000 cc');
    const reader = new PacketReader();
    const packets: string[] = [];
    for (const byte of stream) {
      reader.push(Buffer.from([byte]));
      const packet = reader.next();
      if (packet) packets.push(`${packet.type} ${hexOf(packet.bytes.subarray(8))}`);
    }
    expect(packets).toEqual(['1 aa bb', '6 cc']);

    reader.push(stream);
    expect([reader.next()?.type, reader.next()?.type, reader.next()]).toEqual([1, 6, undefined]);
  });

  test('may change the form of its lengths between two packets', () => {
    const reader = new PacketReader();
    reader.push(bytes('0008 0000 01 000000 00000008 06 000000'));

    expect(reader.next()?.type).toBe(1);
    reader.hasLongLengths = true;
    expect(reader.next()?.type).toBe(6);
  });

  test.each(['0007 0000 01 000000', '00200001 06 000000'])(
    'fails at a length that cannot be: %s',
    (hex) => {
      const reader = new PacketReader();
      reader.hasLongLengths = hex.startsWith('0020');
      reader.push(bytes(hex));
      expect(() => reader.next()).toThrow('the length of a packet is out of bounds');
    },
  );

  test('gets a payload in packets of at most the SDU, flags on the last', () => {
    const packets = dataPackets(Buffer.alloc(1003, 1), { sdu: 512, lastFlags: 0x2000 });
    const reader = new PacketReader();
    reader.hasLongLengths = true;
    reader.push(packets);
    const heads = [reader.next(), reader.next(), reader.next()].map(
      (packet) => packet && [packet.bytes.length, packet.bytes.readUInt16BE(8)],
    );

    expect(heads).toEqual([[512, 0], [511, 0x2000], undefined]);
  });
});

describe('a CONNECT packet', () => {
  function connect(sdu: number, connectData: string): Buffer {
    const packet = Buffer.alloc(74 + connectData.length);
    packet.writeUInt16BE(connectData.length, 24);
    packet.writeUInt16BE(74, 26);
    packet.writeUInt32BE(sdu, 58);
    packet.write(connectData, 74);
    return packet;
  }

  test.each([
    [0, 512],
    [10, 512],
    [8192, 8192],
    [4_294_967_295, 2_097_152],
  ])('with an SDU of %d is taken with one of %d', (sdu, taken) => {
    const packet = {
      type: 1,
      bytes: connect(sdu, '(CONNECT_DATA=(service_name = Sales.example.com))'),
    };
    expect(new ConnectReader().read(packet)).toEqual({
      sdu: taken,
      serviceName: 'Sales.example.com',
      sid: undefined,
    });
  });

  test('may have its connect data in a packet of their own', () => {
    const reader = new ConnectReader();
    const head = connect(8192, '(SID=ORCL)').subarray(0, 74);

    expect(reader.read({ type: 1, bytes: head })).toBeUndefined();
    expect(reader.read({ type: 6, bytes: Buffer.from('0123456789(SID=ORCL)') })).toEqual({
      sdu: 8192,
      serviceName: undefined,
      sid: 'ORCL',
    });
  });

  test('fails when it is too short or is none', () => {
    expect(() => new ConnectReader().read({ type: 1, bytes: Buffer.alloc(73) })).toThrow('CONNECT');
    expect(() => new ConnectReader().read({ type: 6, bytes: Buffer.alloc(90) })).toThrow('CONNECT');
  });
});
