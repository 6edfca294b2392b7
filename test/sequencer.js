import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** Begun last, they would be waited for alone. Jest learns how long files take; a fresh clone has learnt nothing yet. */
const LONGEST = [
  'test/batches/e2e-',
  'test/batches/contract-',
  'test/batches/cdk-',
  'test/batches/integration-',
  'test/batches/simulation-',
];

const placeOf = ({ path }) => {
  const place = LONGEST.findIndex((name) => path.includes(name));
  return place === -1 ? LONGEST.length : place;
};

/** The longest files of tests first, the others in jest's own order. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}
