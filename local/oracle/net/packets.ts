/** Types of Oracle Net's packets. */
export const PACKET = {
  connect: 1,
  accept: 2,
  refuse: 4,
  redirect: 5,
  data: 6,
  marker: 12,
} as const;

/** Flags of data packets. */
export const DATA_FLAG = { eof: 0x0040, endOfRequest: 0x0800, endOfResponse: 0x2000 } as const;

/** Kinds of markers. */
export const MARKER = { break: 1, reset: 2, interrupt: 3 } as const;

export const SDU_MIN = 512;
export const SDU_MAX = 2_097_152;

const HEADER_BYTES = 8;
const DATA_HEADER_BYTES = 10;
const ACCEPT_BYTES = 45;
const SHORT_MAX = 65_535;
/** "No native services": without it the driver would negotiate encryption of its own. */
const NO_NATIVE_SERVICES = 0x08;
const ACCEPT_FLAG = { fastAuth: 0x1000_0000, endOfResponse: 0x0200_0000 } as const;

/** ACCEPT: from here on lengths have four bytes. */
export function acceptPacket(options: {
  readonly netVersion: number;
  readonly sdu: number;
  readonly hasFastAuth: boolean;
  readonly hasEndOfResponse: boolean;
}): Buffer {
  const { netVersion, sdu, hasFastAuth, hasEndOfResponse } = options;
  const packet = Buffer.alloc(ACCEPT_BYTES);
  writeShortHeader(packet, PACKET.accept);
  packet.writeUInt16BE(netVersion, 8);
  packet.writeUInt16BE(1, 10);
  packet.writeUInt16BE(Math.min(sdu, SHORT_MAX), 12);
  packet.writeUInt16BE(SHORT_MAX, 14);
  packet.writeUInt16BE(0x0100, 16);
  packet.writeUInt16BE(ACCEPT_BYTES, 20);
  packet[22] = NO_NATIVE_SERVICES;
  packet[23] = NO_NATIVE_SERVICES;
  packet.writeUInt32BE(sdu, 32);
  packet.writeUInt32BE(SDU_MAX, 36);
  const flags =
    (hasFastAuth ? ACCEPT_FLAG.fastAuth : 0) | (hasEndOfResponse ? ACCEPT_FLAG.endOfResponse : 0);
  packet.writeUInt32BE(flags, 41);
  return packet;
}

/** REFUSE, with the number of the error. */
export function refusePacket(ora: number): Buffer {
  const text = `(DESCRIPTION=(TMP=)(VSNNUM=0)(ERR=${ora})(ERROR_STACK=(ERROR=(CODE=${ora})(EMFI=4))))`;
  const packet = Buffer.concat([Buffer.alloc(HEADER_BYTES + 4), Buffer.from(text)]);
  writeShortHeader(packet, PACKET.refuse);
  packet.writeUInt16BE(text.length, 10);
  return packet;
}

/** REDIRECT: the client is to connect to this address instead. */
export function redirectPacket(address: string): Buffer {
  const packet = Buffer.concat([Buffer.alloc(HEADER_BYTES + 2), Buffer.from(address)]);
  writeShortHeader(packet, PACKET.redirect);
  packet.writeUInt16BE(address.length, 8);
  return packet;
}

/** MARKER, after ACCEPT. */
export function markerPacket(kind: number): Buffer {
  const packet = Buffer.from([0, 0, 0, HEADER_BYTES + 3, PACKET.marker, 0, 0, 0, 1, 0, kind]);
  return packet;
}

/** DATA, after ACCEPT: a payload in as many packets as the SDU asks for, `lastFlags` on the last. */
export function dataPackets(
  payload: Buffer,
  { sdu, lastFlags }: { readonly sdu: number; readonly lastFlags: number },
): Buffer {
  const size = sdu - DATA_HEADER_BYTES;
  const packets: Buffer[] = [];
  for (let start = 0; start < payload.length; start += size) {
    const part = payload.subarray(start, start + size);
    const header = Buffer.alloc(DATA_HEADER_BYTES);
    header.writeUInt32BE(DATA_HEADER_BYTES + part.length);
    header[4] = PACKET.data;
    header.writeUInt16BE(start + size >= payload.length ? lastFlags : 0, 8);
    packets.push(header, part);
  }
  return Buffer.concat(packets);
}

function writeShortHeader(packet: Buffer, type: number): void {
  packet.writeUInt16BE(packet.length);
  packet[4] = type;
}
