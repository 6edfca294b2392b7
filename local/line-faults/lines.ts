import { LineProxy } from './line-proxy.ts';
import type { Verdict } from './line.ts';
import type { Point } from './point.ts';

/** Every line between the function and its servers: one proxy before each server. */
export class Lines {
  /** Asked at every point of every line; the line waits for the answer. */
  judge: (point: Point) => Promise<Verdict> = passAll;
  #proxies: readonly LineProxy[] = [];

  /** @param endpoints the servers, by their names in fault plans */
  static async start(endpoints: readonly string[]): Promise<Lines> {
    const lines = new Lines();
    lines.#proxies = await Promise.all(
      endpoints.map(
        async (endpoint) =>
          await LineProxy.start(endpoint, async (point) => await lines.judge(point)),
      ),
    );
    return lines;
  }

  /**
   * For `startClouds`: the port of the proxy that stands before a server.
   *
   * @throws {Error} when there is none
   */
  readonly via = (endpoint: string, port: number): number => {
    const proxy = this.#proxies.find((one) => one.endpoint === endpoint);
    if (proxy === undefined) throw new Error(`no line was made for ${endpoint}`);
    proxy.target = port;
    return proxy.port;
  };

  /** A step of the rotation begins: points are counted anew. */
  begin(step: string): void {
    for (const proxy of this.#proxies) proxy.begin(step);
  }

  /** No server hears any more of what now goes on at the function's end, nor of its end. */
  silence(): void {
    for (const proxy of this.#proxies) proxy.silence();
  }

  /** Breaks every connection off, and lets pass whatever comes next. */
  reset(): void {
    this.judge = passAll;
    for (const proxy of this.#proxies) proxy.cut();
  }

  /** Ends every proxy. May be called again. */
  readonly close = async (): Promise<void> => {
    const proxies = this.#proxies;
    this.#proxies = [];
    await Promise.all(
      proxies.map(async (proxy) => {
        await proxy.close();
      }),
    );
  };
}

async function passAll(): Promise<Verdict> {
  return await Promise.resolve('pass');
}
