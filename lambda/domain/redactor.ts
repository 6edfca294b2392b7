/** Shorter texts would black out ordinary words. */
const SECRET_LENGTH_MIN = 6;
const CAUSES_MAX = 4;
const REPLACEMENT = '[redacted]';

/**
 * Takes every secret of an invocation out of texts, plain and as base64, hex, URL and JSON would write it.
 *
 * Adapters add each secret as soon as they read it; everything that leaves the function passes through here.
 */
export class Redactor {
  readonly #secrets = new Set<string>();
  /** Undefined until something is cleaned, which most rotations never come to. Longest first: one may hold another. */
  #forms: readonly string[] | undefined;

  add(...secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (secret.length < SECRET_LENGTH_MIN || this.#secrets.has(secret)) continue;
      this.#secrets.add(secret);
      this.#forms = undefined;
    }
  }

  clean(text: string): string {
    this.#forms ??= [...new Set([...this.#secrets].flatMap(formsOf))].sort(
      (one, other) => other.length - one.length,
    );
    let cleaned = text;
    for (const form of this.#forms) cleaned = cleaned.replaceAll(form, REPLACEMENT);
    return cleaned;
  }

  /**
   * A fresh error that says what `error` said, cleaned: its name, code and message and those of its causes. Drivers
   * hang statements, buffers and whole requests on their errors; none of that comes along.
   */
  summarize(error: unknown): Error {
    return this.#summarize(error, CAUSES_MAX);
  }

  #summarize(error: unknown, causesMax: number): Error {
    const { name, code, message, cause } = partsOf(error);
    const text = this.clean(code === '' || message.includes(code) ? message : `${code} ${message}`);
    const rest = cause === undefined || causesMax === 0 ? undefined : { cause };
    const summary = new Error(
      text,
      rest === undefined ? rest : { cause: this.#summarize(rest.cause, causesMax - 1) },
    );
    summary.name = this.clean(name);
    summary.stack = `${summary.name}: ${text}`;
    return summary;
  }
}

interface ErrorParts {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly cause: unknown;
}

/** Some SDKs reject with plain objects (oci-common on transport errors), so nothing is taken for granted. */
function partsOf(error: unknown): ErrorParts {
  if (typeof error !== 'object' || error === null) {
    return { name: 'Error', code: '', message: String(error), cause: undefined };
  }
  const { name, code, message, cause } = error as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : '',
    message: typeof message === 'string' ? message : 'no message',
    cause,
  };
}

function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    secret,
    ...base64Forms(bytes),
    hex,
    hex.toUpperCase(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ].filter((form) => form.length >= SECRET_LENGTH_MIN);
}

/** Base64 of the secret standing at any offset of a longer text: only the characters it alone decides. */
function base64Forms(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((offset) => {
    const padded = String.fromCharCode(...new Uint8Array(offset), ...bytes);
    const firstOwn = Math.ceil((offset * 8) / 6);
    const own = Math.floor((padded.length * 8) / 6);
    return btoa(padded).slice(firstOwn, own);
  });
}
