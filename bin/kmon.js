#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets a sentence instead of a syntax error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`kmon needs Node 20.19 or newer; this is ${process.version}\n`);
  process.exitCode = 22;
} else {
  const { main } = await import('../dist/main.js').catch((error) => {
    if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).match(/dist[\\/]main\.js/))
      throw error;
    process.stderr.write('kmon is not built yet: run `npm ci && npm run build`\n');
    return { main: () => (process.exitCode = 22) };
  });
  await main(process.argv.slice(2));
}
