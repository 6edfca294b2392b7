import type { DialectTraits } from '../dialects.ts';
import { MalformedError } from '../malformed-error.ts';
import { CHARSET_UTF8, MESSAGE } from './message-types.ts';
import type { TtcReader } from './ttc-reader.ts';
import type { TtcWriter } from './ttc-writer.ts';

const CHARSET_UTF16 = 2000;
const PROTOCOL_VERSION = 6;
/** Where the compile capabilities have the field version. */
const FIELD_VERSION_AT = 7;
const TIME_ZONE_BYTES = 11;
/** +00:00. */
const UTC = Buffer.from([0x80, 0, 0, 0, 60, 60, 60, 0x80, 0, 0, 0]);

/** What client and server agree on. */
export interface Agreement {
  readonly fieldVersion: number;
  /** Whether time zones are exchanged. */
  readonly hasTimeZone: boolean;
}

/** Reads over the client's PROTOCOL message. */
export function readProtocol(reader: TtcReader): void {
  expectMessage(reader, MESSAGE.protocol);
  reader.terminatedText();
  reader.terminatedText();
}

/** Writes the server's PROTOCOL message: character sets and capabilities. */
export function writeProtocol(writer: TtcWriter, traits: DialectTraits): void {
  const characters = Buffer.alloc(TIME_ZONE_BYTES);
  characters.writeUInt16BE(CHARSET_UTF16, 9);
  writer.u8(MESSAGE.protocol, PROTOCOL_VERSION, 0);
  writer.raw(Buffer.from(`${traits.banner}\0`));
  writer.u16le(CHARSET_UTF8).u8(1).u16le(0);
  writer.u16be(characters.length).raw(characters);
  writer.bytes(compileCapabilities(traits)).bytes(runtimeCapabilities());
}

/** Reads the client's DATA_TYPES message. The types themselves are taken as they come. */
export function readDataTypes(reader: TtcReader, traits: DialectTraits): Agreement {
  expectMessage(reader, MESSAGE.dataTypes);
  reader.skip(2 + 2 + 1);
  const clientVersion = reader.bytes()?.[FIELD_VERSION_AT];
  const runtime = reader.bytes();
  if (clientVersion === undefined || runtime === null) {
    throw new MalformedError('the client tells no capabilities');
  }
  const hasTimeZone = ((runtime[1] ?? 0) & 1) !== 0;
  if (hasTimeZone) reader.skip(TIME_ZONE_BYTES);
  while (reader.u16be() !== 0) {
    const isConverted = reader.u16be() !== 0;
    if (isConverted) reader.skip(2 + 2);
  }
  return { fieldVersion: Math.min(clientVersion, traits.fieldVersion), hasTimeZone };
}

/** Writes the server's DATA_TYPES message: it converts none. */
export function writeDataTypes(writer: TtcWriter, { hasTimeZone }: Agreement): void {
  writer.u8(MESSAGE.dataTypes);
  if (hasTimeZone) writer.raw(UTC);
  writer.u16be(0);
}

/**
 * Reads what stands in front of the logon in a FAST_AUTH message: both negotiations.
 *
 * @returns the agreement, and the field version that the logon in this message itself is written in
 */
export function readFastAuth(
  reader: TtcReader,
  traits: DialectTraits,
): { readonly agreement: Agreement; readonly logonFieldVersion: number } {
  expectMessage(reader, MESSAGE.fastAuth);
  reader.skip(3);
  readProtocol(reader);
  reader.skip(2 + 1 + 2);
  const logonFieldVersion = reader.u8();
  return { agreement: readDataTypes(reader, traits), logonFieldVersion };
}

function expectMessage(reader: TtcReader, type: number): void {
  if (reader.u8() !== type) throw new MalformedError(`expected a message of type ${type}`);
}

function compileCapabilities(traits: DialectTraits): Buffer {
  const bytes = Buffer.alloc(53);
  const values = [
    [0, 6],
    [4, 0xea],
    [FIELD_VERSION_AT, traits.fieldVersion],
    [15, 0x29],
    [17, 3],
    [18, 7],
    [19, 3],
    [21, 1],
    [27, 1],
    [37, 0x20],
    [40, traits.hasEndOfResponse ? 0x20 : 0],
  ] as const;
  for (const [at, value] of values) bytes[at] = value;
  return bytes;
}

/** Time zones are exchanged, and strings may be as long as 32 KB. */
function runtimeCapabilities(): Buffer {
  const bytes = Buffer.alloc(13);
  bytes[0] = 2;
  bytes[1] = 1;
  bytes[6] = 4;
  return bytes;
}
