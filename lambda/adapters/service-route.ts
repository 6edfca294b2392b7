import { isIP, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { VaultUnreachableError } from '../domain/errors.ts';
import type { TimeBudget } from '../domain/time-budget.ts';
import type { Route } from '../ports/route.ts';
import { NoAnswerError, within } from './deadline.ts';

/** Name, connection and certificate together. A way that there is takes some milliseconds. */
const PROBE_MAX_MS = 5_000;
const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/** The codes that Node gives errors of certificates, which no answer of a service can have. */
const CERTIFICATE = /CERT|SIGNATURE|SELF_SIGNED|^ERR_(TLS|SSL)|EPROTO/;

const REMEDIES: readonly { readonly sign: RegExp; readonly remedy: string }[] = [
  {
    sign: /^(ENOTFOUND|EAI_AGAIN)$/,
    remedy:
      'see that the VPC resolves names (enableDnsSupport, enableDnsHostnames), and that an interface endpoint of the service has private names',
  },
  {
    sign: CERTIFICATE,
    remedy:
      'something on the way answers with a certificate of its own: let the proxy or firewall pass this host unopened',
  },
];
const NO_WAY =
  'see the way out of the subnets (a NAT gateway, or an interface endpoint of the service), the security groups of function and endpoint, and the network ACLs';

/** The way to where a URL is. */
export class ServiceRoute implements Route {
  readonly subject: string;
  readonly #url: URL;
  readonly #budget: TimeBudget;

  constructor({ url, budget }: { readonly url: URL; readonly budget: TimeBudget }) {
    this.#url = url;
    this.#budget = budget;
    this.subject = `${url.hostname}:${portOf(url)}`;
  }

  async probe(): Promise<void> {
    const limitMs = this.#budget.timeoutMs(PROBE_MAX_MS);
    const { socket, ready } = open(this.#url);
    const connected = new Promise<void>((resolve, reject) => {
      socket.once(ready, resolve);
      socket.on('error', reject);
    });
    try {
      await within(limitMs, connected);
    } catch (error) {
      throw this.#unreachable(error);
    } finally {
      socket.destroy();
    }
  }

  #unreachable(error: unknown): VaultUnreachableError {
    const { code } = Object(error) as { readonly code?: unknown };
    const why = error instanceof NoAnswerError ? 'ETIMEDOUT' : String(code);
    const { remedy } = REMEDIES.find(({ sign }) => sign.test(why)) ?? { remedy: NO_WAY };
    const finding = CERTIFICATE.test(why) ? 'its certificate is refused' : 'there is no connection';
    return new VaultUnreachableError(`${finding} (${why})`, { subject: this.subject, remedy });
  }
}

function open(url: URL): { readonly socket: Socket; readonly ready: string } {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = portOf(url);
  // Plain HTTP is for stand-ins on the loopback address; every configured endpoint was checked for that.
  if (url.protocol === 'http:') return { socket: connectTcp({ host, port }), ready: 'connect' };
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectTls({ host, port, ...name, rejectUnauthorized: true });
  return { socket, ready: 'secureConnect' };
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'http:' ? HTTP_PORT : HTTPS_PORT;
}
