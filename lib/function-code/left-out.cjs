/** Stands for a package that the bundle leaves out; see substitutes.ts. */
module.exports = new Proxy(
  {},
  {
    get(_target, property) {
      // Loaders ask for these.
      if (typeof property === 'symbol' || property === '__esModule') return undefined;
      throw new Error(`${property} belongs to a package that the bundle leaves out`);
    },
  },
);
