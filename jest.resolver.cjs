const path = require('node:path');

/** Sources import `./x.js` as Node will see it after the build; tests run the `.ts` beside it. */
module.exports = (request, options) => {
  const ours =
    request.startsWith('.') && request.endsWith('.js') && !options.basedir.includes(`${path.sep}node_modules${path.sep}`);
  if (!ours) return options.defaultResolver(request, options);
  for (const extension of ['.ts', '.tsx']) {
    try {
      return options.defaultResolver(request.replace(/\.js$/, extension), options);
    } catch {
      // not a source file of ours: the next extension, then the plain name, decides
    }
  }
  return options.defaultResolver(request, options);
};
