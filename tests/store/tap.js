// SPDX-License-Identifier: MIT
// The harness of tests written in JavaScript, as test.h is for C: a test is a claim and a function.
'use strict';

class Failure extends Error {}
class Skip extends Error {}

// For environments that a test makes from nothing: where a sanitizer in the programs they are for reports to.
const sanitizer = {};
for (const name of ['ASAN_OPTIONS', 'UBSAN_OPTIONS']) if (name in process.env) sanitizer[name] = process.env[name];

const show = (value) => JSON.stringify(value);
const note = (text) => String(text).split('\n').forEach((line) => console.log('#', line));

// End the running test with a failure unless `holds`.
function check(holds, text) {
  if (!holds) throw new Failure(text);
}

// End the running test with a failure unless both are equal, as JSON has them.
function same(got, want, what) {
  check(show(got) === show(want), `${what} is ${show(got)}, not ${show(want)}`);
}

// Skip the running test when dtrack is built with sanitizers.
function needsPlainBuild(why) {
  if (process.env.DTRACK_SANITIZED) throw new Skip(`built with sanitizers: ${why}`);
}

async function attempt(body) {
  try {
    await body();
    return ['ok', ''];
  } catch (reason) {
    if (reason instanceof Skip) return ['ok', ` # SKIP ${reason.message}`];
    note(reason instanceof Failure ? reason.message : reason.stack);
    return ['not ok', ''];
  }
}

// Run tests, an object of claim: function, in order and print TAP. Resolves to whether all held.
async function run(tests) {
  const claims = Object.entries(tests);
  let good = true;
  console.log(`1..${claims.length}`);
  for (const [index, [claim, body]] of claims.entries()) {
    const [verdict, suffix] = await attempt(body);
    good = good && verdict === 'ok';
    console.log(`${verdict} ${index + 1} - ${claim}${suffix}`);
  }
  return good;
}

// Print that there is nothing to run, and why.
function skipAll(why) {
  console.log(`1..0 # SKIP ${why}`);
}

module.exports = { Skip, check, needsPlainBuild, note, run, same, sanitizer, skipAll };
