// SPDX-License-Identifier: MIT
// node picture.js PAGE.html OUT.png : a picture of a report's first screen, for the README. By hand: scripts/pictures.
'use strict';

const { launch, missing, open } = require('./browser');

async function main(file, out) {
  if (missing()) throw new Error(missing());
  const browser = await launch();
  const page = await open(browser, file, { colorScheme: 'light' });
  await page.screenshot({ path: out });
  await browser.close();
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(`picture.js: ${error.message}`);
  process.exitCode = 1;
});
