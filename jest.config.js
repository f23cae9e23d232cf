/** Node loads sources and tests as it loads the product: see the test runner. */
export default {
  testRunner: '<rootDir>/test/support/native-circus.mjs',
  transform: {},
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  testTimeout: 30_000,
  // Much of a test is waiting for other programs: a third worker keeps two cores busy meanwhile.
  maxWorkers: 3,
};
