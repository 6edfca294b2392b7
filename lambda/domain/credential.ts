import type { Password } from './password.ts';

/** User name and password together. */
export interface Credential {
  readonly username: string;
  readonly password: Password;
}
