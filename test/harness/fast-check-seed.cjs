const fc = require('fast-check');

/**
 * Properties run on one seed, so that a change is judged by what it changed. `FAST_CHECK_SEED=random` (or a number) looks further; a
 * counterexample prints its seed, and becomes a test.
 */
const wanted = process.env.FAST_CHECK_SEED ?? '20261122';
if (wanted !== 'random') fc.configureGlobal({ seed: Number(wanted) });
