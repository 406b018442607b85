import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // what hangs is told by its own limit; these are for machines that have other things to do
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // no file keeps state in a module: what is loaded once serves all of them
    globalSetup: './test/support/temporaryFolder.ts',
    pool: 'threads',
    // by default one core is kept for the watcher
    maxWorkers: '100%',
    isolate: false,
  },
});
