import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

const FIRST = [
  // The longest. Begun last, they would be waited for alone, and a fresh clone has not learnt yet how long files take.
  'test/batches/e2e-',
  'test/batches/contract-',
  'test/batches/cdk-',
  'test/batches/integration-',
  'test/batches/simulation-',
];

const placeOf = ({ path }) => {
  const place = FIRST.findIndex((name) => path.includes(name));
  return place === -1 ? FIRST.length : place;
};

/** Those named above in that order, the others in jest's own. */
export default class NamedFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
