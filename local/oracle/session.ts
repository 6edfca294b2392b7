import type { Fault } from '../faults.ts';
import { dictionaryName } from './accounts/accounts.ts';
import { faultError, isUnread } from './fault-errors.ts';
import { Authentication } from './logon/authentication.ts';
import { MalformedError } from './malformed-error.ts';
import { OracleError } from './oracle-error.ts';
import { Queries } from './queries.ts';
import type { SessionContext } from './session-context.ts';
import { writeEnd, writeParameters, writeStatus, writeWarning } from './ttc/answers.ts';
import type { AuthRequest } from './ttc/auth-message.ts';
import { readBindValues } from './ttc/bind-values.ts';
import { readCall, readPiggybacks, type Call } from './ttc/calls.ts';
import { MESSAGE } from './ttc/message-types.ts';
import {
  readDataTypes,
  readFastAuth,
  readProtocol,
  writeDataTypes,
  writeProtocol,
} from './ttc/negotiation.ts';
import { sessionParameters } from './ttc/session-parameters.ts';
import { TtcReader } from './ttc/ttc-reader.ts';
import { TtcWriter } from './ttc/ttc-writer.ts';

/** The answer to a request, and the fault that its delivery is to suffer. */
export interface Reply {
  readonly payload: Buffer;
  readonly fault?: Fault | undefined;
}

const CALL_NAMES: Readonly<Record<Exclude<Call['kind'], 'challenge' | 'authenticate'>, string>> = {
  execute: 'oracle:execute',
  reexecute: 'oracle:execute',
  fetch: 'oracle:fetch',
  commit: 'oracle:commit',
  rollback: 'oracle:rollback',
  ping: 'oracle:ping',
  logoff: 'oracle:logoff',
};

/**
 * What happens inside one connection once the listener has accepted it: negotiation, logon, calls. It knows requests
 * and answers, not packets.
 */
export class Session {
  readonly #context: SessionContext;
  readonly #authentication: Authentication;
  #fieldVersion: number;
  #queries: Queries | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#authentication = new Authentication(context);
    this.#fieldVersion = context.traits.fieldVersion;
  }

  /**
   * Answers a request; undefined for one that has no answer.
   *
   * @throws MalformedError when it cannot be decoded
   */
  answer(request: Buffer): Reply | undefined {
    const reader = new TtcReader(request);
    const writer = new TtcWriter();
    switch (reader.peek()) {
      case MESSAGE.protocol:
        readProtocol(reader);
        writeProtocol(writer, this.#context.traits);
        return { payload: writer.toBuffer() };
      case MESSAGE.dataTypes: {
        const agreement = readDataTypes(reader, this.#context.traits);
        this.#fieldVersion = agreement.fieldVersion;
        writeDataTypes(writer, agreement);
        return { payload: writer.toBuffer() };
      }
      case MESSAGE.fastAuth:
        return this.#fastAuth(reader, writer);
      case MESSAGE.oneWay:
        return undefined;
      case undefined:
      default:
        return this.#function(reader, writer);
    }
  }

  /** The answer to a call that the client broke off. */
  cancelled(): Reply {
    const writer = new TtcWriter();
    this.#end(writer, new OracleError(1013));
    return { payload: this.#finish(writer) };
  }

  #fastAuth(reader: TtcReader, writer: TtcWriter): Reply {
    const { traits } = this.#context;
    if (!traits.hasFastAuth) throw new MalformedError('fast authentication was not offered');
    const { agreement, logonFieldVersion } = readFastAuth(reader, traits);
    const call = readCall(reader, logonFieldVersion);
    if (call.kind !== 'challenge') throw new MalformedError('expected the first half of a logon');
    this.#fieldVersion = agreement.fieldVersion;
    writeProtocol(writer, traits);
    writeDataTypes(writer, agreement);
    return this.#challenge(writer, call.request);
  }

  #function(reader: TtcReader, writer: TtcWriter): Reply {
    const closed = readPiggybacks(reader, this.#fieldVersion);
    this.#queries?.close(closed);
    const call = readCall(reader, this.#fieldVersion);
    if (call.kind === 'challenge') return this.#challenge(writer, call.request);
    if (call.kind !== 'authenticate') return this.#call(writer, reader, call);
    return this.#authentication.user === undefined
      ? this.#logon(writer, call.request)
      : this.#changePassword(writer, call.request);
  }

  #challenge(writer: TtcWriter, request: AuthRequest): Reply {
    writeParameters(writer, this.#authentication.challenge(request));
    this.#end(writer);
    return { payload: this.#finish(writer) };
  }

  #logon(writer: TtcWriter, request: AuthRequest): Reply {
    const { journal } = this.#context;
    const user = dictionaryName(request.username);
    const work = (): void => {
      const { login, proof } = this.#authentication.complete(request);
      const fieldVersion = this.#fieldVersion;
      this.#queries = new Queries(this.#context, { user, fieldVersion });
      journal.add({ kind: 'logon', user, verifier: login.verifier });
      writeParameters(writer, sessionParameters(this.#context, { fieldVersion, proof }));
      if (login.warning !== undefined) writeWarning(writer, login.warning);
      this.#end(writer);
    };
    const onRefusal = ({ ora }: OracleError): void => {
      journal.add({ kind: 'refusedLogon', user, ora });
    };
    return this.#underFaults('oracle:logon', writer, work, onRefusal);
  }

  #changePassword(writer: TtcWriter, request: AuthRequest): Reply {
    const { journal } = this.#context;
    const user = dictionaryName(request.username);
    const by = this.#authentication.user ?? user;
    const work = (): void => {
      this.#authentication.changePassword(request);
      writeParameters(writer, []);
      this.#end(writer);
    };
    const onRefusal = ({ ora }: OracleError): void => {
      journal.add({ kind: 'refusedPasswordChange', user, by, ora });
    };
    return this.#underFaults('oracle:changePassword', writer, work, onRefusal);
  }

  #call(
    writer: TtcWriter,
    reader: TtcReader,
    call: Exclude<Call, { readonly request: AuthRequest }>,
  ): Reply {
    const queries = this.#queries;
    const user = this.#authentication.user;
    if (queries === undefined || user === undefined) {
      throw new MalformedError('nobody is logged in');
    }
    if (call.kind === 'execute' || call.kind === 'reexecute') queries.log(call);
    const work = (): void => {
      if (call.kind === 'execute') {
        queries.execute(writer, call, readBindValues(reader, call.bindTypes));
      } else if (call.kind === 'reexecute') {
        const types = queries.bindTypesOf(call.cursorId);
        queries.reexecute(writer, call, readBindValues(reader, types));
      } else if (call.kind === 'fetch') {
        queries.fetch(writer, call);
      } else {
        if (call.kind === 'logoff') this.#context.journal.add({ kind: 'logoff', user });
        writeStatus(writer);
      }
    };
    return this.#underFaults(CALL_NAMES[call.kind], writer, work);
  }

  /** Does the work of a call as far as the fault plan lets it. Work that throws an OracleError has written nothing. */
  #underFaults(
    name: string,
    writer: TtcWriter,
    work: () => void,
    onRefusal?: (error: OracleError) => void,
  ): Reply {
    const fault = this.#context.faults.take(name);
    if (isUnread(fault)) return { payload: Buffer.alloc(0), fault };
    try {
      const error = faultError(name, fault);
      if (error !== undefined) throw error;
      work();
    } catch (error) {
      if (!(error instanceof OracleError)) throw error;
      onRefusal?.(error);
      this.#end(writer, error);
    }
    return { payload: this.#finish(writer), fault };
  }

  #end(writer: TtcWriter, error?: OracleError): void {
    writeEnd(writer, { fieldVersion: this.#fieldVersion, error });
  }

  #finish(writer: TtcWriter): Buffer {
    if (this.#context.traits.hasEndOfResponse) writer.u8(MESSAGE.endOfResponse);
    return writer.toBuffer();
  }
}
