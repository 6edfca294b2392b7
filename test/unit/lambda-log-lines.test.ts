import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { LogLines } from '../../local/lambda/log-lines.ts';

describe('a log of several streams', () => {
  test('holds whole lines, in the order in which they ended', async () => {
    const log = new LogLines();
    const [output, errors] = [new PassThrough(), new PassThrough()];
    log.collect(output);
    log.collect(errors);
    output.write('one, torn ');
    await turn();
    errors.write('two\nthree\n');
    await turn();
    output.write('apart\nfour');
    await turn();
    expect(log.text()).toBe('two\nthree\none, torn apart\nfour\n');
    log.add('five');
    expect(log.text()).toBe('two\nthree\none, torn apart\nfive\nfour\n');
  });

  test('tears no character, and keeps the end of a stream that ends without a line', async () => {
    const log = new LogLines();
    const lines: string[] = [];
    const stop = log.listen((line) => lines.push(line));
    const output = new PassThrough();
    log.collect(output);
    output.write(Buffer.from('c3', 'hex'));
    await turn();
    output.write(Buffer.from('bc0ac3bc', 'hex'));
    output.end();
    await turn();
    await turn();
    expect(lines).toEqual(['ü', 'ü']);
    stop();
    log.add('not told');
    expect(lines).toEqual(['ü', 'ü']);
    expect(log.text()).toBe('ü\nü\nnot told\n');
  });
});
