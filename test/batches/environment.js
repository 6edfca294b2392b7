import { createRequire } from 'node:module';

const { default: NodeEnvironment } = createRequire(import.meta.url)('jest-environment-node');

/**
 * Jest's own for Node, with a global that `batch.ts` needs: `describeFile(name, load)` is a `describe` whose tests are
 * those of the modules that `load` imports. `describe` itself cannot wait for an import.
 */
export default class BatchEnvironment extends NodeEnvironment {
  #state;
  #begun;

  constructor(config, context) {
    super(config, context);
    this.global.describeFile = async (name, load) => await this.#describeFile(name, load);
  }

  handleTestEvent({ name }, state) {
    if (name !== 'start_describe_definition') return;
    this.#state = state;
    this.#begun = state.currentDescribeBlock;
  }

  async #describeFile(name, load) {
    this.global.describe(name, () => undefined);
    const [state, outer] = [this.#state, this.#state.currentDescribeBlock];
    state.currentDescribeBlock = this.#begun;
    try {
      await load();
    } finally {
      state.currentDescribeBlock = outer;
    }
  }
}
