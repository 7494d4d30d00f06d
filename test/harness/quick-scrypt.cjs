/*
 * A password that costs an attacker a tenth of a second costs the tests of everything around passwords minutes. Here each guess is
 * 512 times cheaper, whatever cost is asked for; test/credentials/password-hash.test.ts has the true function back.
 */
const crypto = require('node:crypto');

// Core modules are one for all test files of a worker.
const trueScrypt = crypto.scrypt.trueScrypt ?? crypto.scrypt;

crypto.scrypt = (password, salt, length, options, callback) =>
  trueScrypt(password, salt, length, { ...options, N: Math.max(2, options.N / 512) }, callback);
crypto.scrypt.trueScrypt = trueScrypt;
