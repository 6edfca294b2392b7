import { Gate } from '../../local/bench/gate.ts';

test('a gate lets so many in at a time, the others in their order', async () => {
  const gate = new Gate(2);
  const entered: string[] = [];
  const enter = async (name: string): Promise<void> => {
    await gate.enter();
    entered.push(name);
  };
  const all = Promise.all(['a', 'b', 'c', 'd'].map(enter));
  await new Promise(setImmediate);
  expect(entered).toEqual(['a', 'b']);

  gate.leave();
  await new Promise(setImmediate);
  expect(entered).toEqual(['a', 'b', 'c']);

  gate.leave();
  await all;
  expect(entered).toEqual(['a', 'b', 'c', 'd']);
});
