// SPDX-License-Identifier: MIT
// node figures.js DTRACK [SPANS...] : what a page costs, for runs of 1,000 to 1,000,000 spans. By hand: nothing is asserted.
// Made: by dtrack report (its CPU and wall time, the most memory that it took). In Chromium, from file://: when the plain page, when
// the timeline, and when the graphs below are there, from the navigation's start; how many frames a second come while the timeline
// pans and zooms, of the 60 that the display wants, and what the slowest one took; the time of a search and of a chosen range.
'use strict';

const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { launch, missing, open } = require('./browser');
const { build } = require('./make_build');
const { RUN, folder } = require('./make_page');

const [dtrack, ...wanted] = process.argv.slice(2);
const sizes = wanted.length ? wanted.map(Number) : [1000, 10000, 100000, 1000000];

// Make a run of so many spans, and its page.
async function make(place, spans) {
  const file = path.join(place, 'page.html'), env = { PATH: process.env.PATH, HOME: place, XDG_STATE_HOME: place };
  await build(place, spans);
  const script = 'import resource, subprocess, sys, time\nt = time.time()\nr = subprocess.run(sys.argv[1:]).returncode\n' +
    'u = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(r, time.time() - t, u.ru_utime + u.ru_stime, u.ru_maxrss)';
  const { stdout } = spawnSync('python3', ['-c', script, dtrack, 'report', RUN, '--store', `file://${place}`, '-o', file], { env });
  const [status, wall, cpu, peak] = String(stdout).split(' ').map(Number);
  if (status) throw new Error(`dtrack report ended with ${status}`);
  return { file, wall, cpu, peak };
}

// Frames while `step` is called in each, for two seconds.
const frames = (page, step) => page.evaluate((body) => new Promise((done) => {
  const act = body === 'pan' ? (k) => dt.page.pan(k % 120 < 60 ? 0.01 : -0.01) : (k) => dt.page.zoomAt(dt.page.run.length / 3, k % 60 < 30 ? 0.9 : 1 / 0.9);
  dt.page.zoom(dt.page.run.length * 0.2, dt.page.run.length * 0.8);
  let k = 0, before = 0, slowest = 0, start = 0;
  const frame = (now) => {
    if (before) slowest = Math.max(slowest, now - before);
    else start = now;
    before = now;
    if (now - start > 2000) return done([Math.round(1000 * k / (now - start)), Math.round(slowest)]);
    act(k++);
    return requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}), step);

// The time that the page's own work takes, without painting.
const timeOf = (page, what) => page.evaluate((name) => {
  const { run } = dt.page, t = performance.now();
  if (name === 'search') dt.page.search('part3 cc1');
  else if (name === 'paint') dt.page.timeline.canvas.now();
  else dt.page.choose(run.length / 4, run.length / 2), dt.page.recount();
  return Math.round((performance.now() - t) * 10) / 10;
}, what);

async function look(browser, file) {
  const page = await open(browser, file);
  const marks = await page.evaluate(() => Object.fromEntries(performance.getEntries().filter((one) => one.startTime &&
    ['first-contentful-paint', 'dtrack-shown', 'dtrack-counted'].includes(one.name)).map((one) => [one.name, Math.round(one.startTime)])));
  const spans = await page.evaluate(() => dt.page.run.n), note = await page.textContent('footer');
  const paint = await timeOf(page, 'paint'), pan = await frames(page, 'pan'), zoom = await frames(page, 'zoom');
  const search = await timeOf(page, 'search'), range = await timeOf(page, 'range'), { faults } = page;
  await page.context().close();
  return { spans, marks, paint, pan, zoom, search, range, note: /The timeline leaves out[^;]*/.exec(note)?.[0] || '', faults };
}

async function main() {
  if (missing()) return console.log(missing());
  const browser = await launch();
  console.log('| spans | made in | CPU | memory | file | plain page | timeline | graphs | panning | zooming | paint | search | range |');
  console.log('|---|---|---|---|---|---|---|---|---|---|---|---|---|');
  for (const size of sizes) {
    const place = folder();
    try {
      const made = await make(place, size), seen = await look(browser, made.file), mb = (fs.statSync(made.file).size / 1e6).toFixed(2);
      console.log(`| ${size.toLocaleString('en')} | ${made.wall.toFixed(2)} s | ${made.cpu.toFixed(2)} s | ${Math.round(made.peak / 1024)} MiB | ${mb} MB | ` +
        `${seen.marks['first-contentful-paint']} ms | ${seen.marks['dtrack-shown']} ms | ${seen.marks['dtrack-counted']} ms | ` +
        `${seen.pan[0]} fps, ${seen.pan[1]} ms | ${seen.zoom[0]} fps, ${seen.zoom[1]} ms | ${seen.paint} ms | ${seen.search} ms | ${seen.range} ms |`);
      if (seen.note || seen.faults.length) console.log(`<!-- ${seen.spans} spans; ${seen.note}; ${seen.faults} -->`);
    } finally {
      fs.rmSync(place, { recursive: true });
    }
  }
  return browser.close();
}

main();
