import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Verdict } from '../../local/line-faults/line.ts';
import { Lines } from '../../local/line-faults/lines.ts';
import { pointText } from '../../local/line-faults/point.ts';

/** A server that answers every message with the same in capitals, and `bye` with the end of the connection. */
let server: Server;
let heard: string[];
/** Its connections that are over. */
let ended: Set<Socket>;
/** What it says as soon as somebody connects. */
let greeting: string;
let lines: Lines;
let port: number;
let points: string[];
/** What becomes of a line at a point; what is not named passes. */
let verdicts: Readonly<Record<string, Verdict>>;

beforeEach(async () => {
  [heard, ended, greeting, points, verdicts] = [[], new Set(), '', [], {}];
  const over = ended;
  server = createServer((socket) => {
    if (greeting !== '') socket.write(greeting);
    socket.on('error', () => undefined);
    socket.on('close', () => over.add(socket));
    socket.on('data', (bytes) => {
      heard.push(bytes.toString());
      if (bytes.toString() === 'bye') socket.end();
      else socket.write(bytes.toString().toUpperCase());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  lines = await Lines.start(['shout']);
  port = lines.via('shout', (server.address() as AddressInfo).port);
  lines.begin('createSecret');
  lines.judge = async (point) => {
    points.push(pointText(point));
    return await Promise.resolve(verdicts[pointText(point)] ?? 'pass');
  };
});

afterEach(async () => {
  const closed = once(server, 'close');
  server.close();
  await lines.close();
  await closed;
});

async function dial(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function ask(socket: Socket, message: string): Promise<string> {
  socket.write(message);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return answer.toString();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

test('passes messages and answers on, and stops at both', async () => {
  const socket = await dial();
  await expect(ask(socket, 'one')).resolves.toBe('ONE');
  await expect(ask(socket, 'two')).resolves.toBe('TWO');
  expect(points).toEqual([
    'createSecret/shout/1.1/before',
    'createSecret/shout/1.1/after',
    'createSecret/shout/1.2/before',
    'createSecret/shout/1.2/after',
  ]);
});

test('counts connections by their first message', async () => {
  const [first, second] = [await dial(), await dial()];
  await ask(second, 'one');
  await ask(first, 'two');
  await ask(second, 'three');
  expect(points.filter((point) => point.endsWith('/after'))).toEqual([
    'createSecret/shout/1.1/after',
    'createSecret/shout/2.1/after',
    'createSecret/shout/1.2/after',
  ]);
});

test('counts anew in every step, on connections that stay open too', async () => {
  const [first, second] = [await dial(), await dial()];
  await ask(first, 'one');
  await ask(second, 'two');
  lines.begin('setSecret');
  points = [];
  await ask(second, 'three');
  await ask(first, 'four');
  expect(points.filter((point) => point.endsWith('/after'))).toEqual([
    'setSecret/shout/1.1/after',
    'setSecret/shout/2.1/after',
  ]);
});

test('stops at the greeting of a server that speaks first', async () => {
  greeting = 'welcome';
  const socket = await dial();
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toBe('welcome');
  await ask(socket, 'one');
  expect(points).toEqual([
    'createSecret/shout/1.0/after',
    'createSecret/shout/1.1/before',
    'createSecret/shout/1.1/after',
  ]);
});

test('passes the end of a connection on', async () => {
  const socket = await dial();
  socket.resume();
  socket.write('bye');
  await once(socket, 'end');
  await until(() => ended.size === 1);
});

test('a message that is cut before it is passed on has not reached the server', async () => {
  verdicts = { 'createSecret/shout/1.2/before': 'cut' };
  const socket = await dial();
  await ask(socket, 'one');
  socket.write('two');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNRESET');
  await until(() => ended.size === 1);
  expect(heard).toEqual(['one']);
});

test('a message that is cut afterwards has reached the server, and its answer nobody', async () => {
  verdicts = { 'createSecret/shout/1.2/after': 'cut' };
  const socket = await dial();
  await ask(socket, 'one');
  const answers: string[] = [];
  socket.on('data', (bytes) => answers.push(bytes.toString()));
  socket.write('two');
  await once(socket, 'error');
  expect(heard).toEqual(['one', 'two']);
  expect(answers).toEqual([]);
});

test('on a silent line neither side hears of the other, not even of its end', async () => {
  verdicts = { 'createSecret/shout/1.1/after': 'silence' };
  const silent = await dial();
  silent.write('one');
  await until(() => points.length === 2);
  silent.write('two');
  silent.destroy();
  // What comes later on another line has long passed the silent one.
  const other = await dial();
  await ask(other, 'three');
  expect(heard).toEqual(['one', 'three']);
  expect(ended.size).toBe(0);
  lines.reset();
  await until(() => ended.size === 2);
});

test('a line waits for the verdict, and other lines do not', async () => {
  let decide: (verdict: Verdict) => void = () => undefined;
  const decision = new Promise<Verdict>((resolve) => (decide = resolve));
  const isHeld = (text: string): boolean => text === 'createSecret/shout/1.1/before';
  lines.judge = async (point) => (isHeld(pointText(point)) ? await decision : 'pass');
  const [held, other] = [await dial(), await dial()];
  const answer = ask(held, 'one');
  await expect(ask(other, 'two')).resolves.toBe('TWO');
  expect(heard).toEqual(['two']);
  decide('pass');
  await expect(answer).resolves.toBe('ONE');
});

test('fails when the function is to go to a server for which there is no line', () => {
  expect(() => lines.via('whisper', 1)).toThrow('no line was made for whisper');
});
