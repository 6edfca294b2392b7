/** Stands for a package that adds to Node what Node has by now; see substitutes.ts. */
exports.polyfill = () => undefined;
