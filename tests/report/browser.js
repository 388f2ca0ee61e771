// SPDX-License-Identifier: MIT
// Chromium, and pages in it that note whatever goes wrong.
'use strict';

const fs = require('fs');
const path = require('path');

const CHROMIUM = process.env.DTRACK_CHROMIUM || '/usr/bin/chromium';

// A module of npm, or undefined.
function npm(name) {
  try {
    return require(path.join(process.env.DTRACK_NODE_MODULES || '/nonexistent', name));
  } catch {
    return undefined;
  }
}

// Why there is no browser here, or ''.
function missing() {
  if (!npm('playwright-core')) return 'no playwright-core in $DTRACK_NODE_MODULES: scripts/test --env';
  if (!fs.existsSync(CHROMIUM)) return `no ${CHROMIUM}: install chromium`;
  return '';
}

// Root can't have Chromium's own sandbox, and needs none for pages of a test.
const launch = () => npm('playwright-core').chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });

// Open a file in a page of its own. `page.faults` has what the console said, and what was asked of a network.
async function open(browser, file, { hash = '', isComplete = true, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.faults.push(message.text()));
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('request', (request) => request.url().startsWith(`file://${file}`) || page.faults.push(`asks for ${request.url()}`));
  await page.goto(`file://${file}${hash}`);
  if (isComplete && options.javaScriptEnabled !== false) await Promise.all([settled(page, 'dtrack-shown'), settled(page, 'dtrack-counted')]);
  return page;
}

// When the page has said so often that it has come so far. Playwright's own waiting is refused by the page's policy.
async function settled(page, mark = 'dtrack-counted', times = 1) {
  for (let tries = 0; tries < 600; tries++) {
    if (await page.evaluate(([name, n]) => performance.getEntriesByName(name).length >= n, [mark, times])) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`the page never came to ${mark}`);
}

// What axe-core has against a page, in short.
async function axe(page) {
  await page.evaluate(npm('axe-core').source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 4).join(', ')}`);
}

module.exports = { axe, launch, missing, npm, open, settled };
