// SPDX-License-Identifier: MIT
// node test_page.js DTRACK : the page in Chromium, from file://, of a run of which all times are known.
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');
const { axe, launch, missing, npm, open, settled } = require('./browser');
const { folder, known, live, report, store } = require('./make_page');
const { Skip, check, run, same, skipAll } = require('../store/tap');

const dtrack = process.argv[2];
let browser, place, file;

// What the page shows of a table: a list of rows, each a list of texts.
const table = (page, id) => page.$$eval(`#${id} tbody tr`, (rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));
const facts = (page) => page.$$eval('#facts dt', (names) => Object.fromEntries(names.map((name) => [name.textContent, name.nextSibling.textContent])));
const view = (page) => page.evaluate(() => ({ ...dt.page.view, found: dt.page.view.found && [...dt.page.view.found].length }));
const selected = (page) => page.evaluate(() => (dt.page.view.selected < 0 ? '' : dt.label(dt.page.run, dt.page.view.selected)));

// Where a span is on the timeline, in the window.
const placeOf = (page, id) => page.evaluate((wanted) => {
  const { timeline, run } = dt.page, i = run.find(wanted), box = timeline.element.getBoundingClientRect(), at = timeline.placeOf(i);
  return { x: box.left + timeline.x((run.start[i] + run.end[i]) / 2), y: box.top + at.y + 8 };
}, id);

const xOf = (page, ms) => page.evaluate((t) => dt.page.timeline.element.getBoundingClientRect().left + dt.page.timeline.x(t * 1000), ms);

async function with_page(options, body) {
  const page = await open(browser, file, options);
  try {
    await body(page);
    same(page.faults, [], 'what the browser had against it');
  } finally {
    await page.context().close();
  }
}

// Drag on the time axis, from and to in ms.
async function drag(page, from, to) {
  const box = await (await page.$('#timeline')).boundingBox(), [a, b] = [await xOf(page, from), await xOf(page, to)];
  const n = await page.evaluate(() => performance.getEntriesByName('dtrack-counted').length);
  await page.mouse.move(a, box.y + 10);
  await page.mouse.down();
  await page.mouse.move((a + b) / 2, box.y + 10);
  await page.mouse.move(b, box.y + 10);
  await page.mouse.up();
  await settled(page, 'dtrack-counted', n + 1);
}

// Print of a canvas: whether there is more on it than one colour.
const isPainted = (page, id) => page.evaluate((name) => {
  const canvas = document.getElementById(name), { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(data.buffer);
  return pixels.some((pixel) => pixel !== pixels[0]);
}, id);

const widerThan = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

const tests = {
  the_page_asks_for_nothing_and_draws_everything: () => with_page({}, async (page) => {
    for (const id of ['timeline', 'curve', 'flame', 'callers', 'callees']) check(await isPainted(page, id), `#${id} is empty`);
    check(await page.isHidden('#note'), 'the note is still there');
    same((await page.$$('script, link, img, iframe, [style][onload], [onclick]')).length, 2, 'scripts and the like');
    const policy = await page.getAttribute('meta[http-equiv]', 'content');
    check(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'$/.test(policy), policy);
  }),

  nothing_else_may_run_or_style: () => with_page({}, async (page) => {
    const refused = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.wasRun = true';
      document.body.append(script);
    });
    same(await page.evaluate(() => globalThis.wasRun), undefined, 'what another script did');
    check(refused.some((text) => text.includes('Content Security Policy')), 'nothing was refused');
    page.faults.length = 0;
  }),

  the_plain_tables_have_the_known_answers: () => with_page({}, async (page) => {
    same((await table(page, 'path-table')).map((row) => row.slice(1, 4)), [['28 ms', 'as', '× 1'], ['22 ms', 'ld', '× 1'],
      ['21 ms', 'cc', '× 1'], ['13 ms', 'gen', '× 1'], ['10 ms', 'sh', '× 1'], ['6 ms', 'make', '× 1']], 'path');
    same((await table(page, 'command-table')).find((row) => row[0] === 'cc').slice(0, 8), ['cc', '3', '', '52 ms', '59 ms', '29 ms', '49 ms', '49 ms'], 'cc');
    same((await page.$$eval('.chain code', (lines) => lines.map((line) => line.textContent))), ['job', 'sh job.sh', 'make -j2', 'ld -o out'], 'failed');
    same((await table(page, 'task-table')).map((row) => row.slice(0, 3)), [['build', '✓', '65 ms'], ['link', 'not ended', '≥ 24 ms']], 'tasks');
  }),

  a_chosen_range_computes_the_tables_anew: () => with_page({}, async (page) => {
    const whole = await table(page, 'command-table');
    await drag(page, 40, 60);
    await page.evaluate(() => dt.page.choose(40000, 60000));
    await settled(page, 'dtrack-counted', 3);
    same((await table(page, 'path-table')).map((row) => row.slice(0, 3)), [['100 %', '20 ms', 'as']], 'path from 40 to 60 ms');
    const lines = Object.fromEntries((await table(page, 'command-table')).map((row) => [row[0], row]));
    same(lines.cc.slice(1, 5), ['3', '', '23 ms', '19 ms'], 'cc'); // own: 10 of a.c, 9 of c.c; CPU: .6 of these and of 20 of b.c
    same([lines.as[4], lines.spy[4]], ['20 ms', '20 ms'], 'own wall of as and spy');
    same([lines.ld, lines.gen], [undefined, undefined], 'those that did not live then');
    check((await page.textContent('#about')).startsWith('40.0 ms to 60.0 ms (20.0 ms), '), 'what is said of the range');
    await page.click('#clear');
    await settled(page, 'dtrack-counted', 4);
    same(await table(page, 'command-table'), whole, 'the tables of all again');
  }),

  the_range_has_handles: () => with_page({}, async (page) => {
    await drag(page, 40, 60);
    await drag(page, 60, 80);
    const { range } = await view(page);
    check(Math.abs(range[0] - 40000) < 300 && Math.abs(range[1] - 80000) < 300, `the range is ${range}`);
  }),

  keys_zoom_move_find_and_leave: () => with_page({}, async (page) => {
    await page.keyboard.press('w');
    let now = await view(page);
    check(Math.abs(now.to - now.from - 70000) < 1, `W shows ${now.to - now.from}`);
    await page.keyboard.press('d');
    same((await view(page)).from > now.from, true, 'D moved');
    await page.keyboard.press('a');
    await page.keyboard.press('s');
    await page.keyboard.press('0');
    now = await view(page);
    same([now.from, now.to], [0, 100000], '0');
    await page.keyboard.press('/');
    same(await page.evaluate(() => document.activeElement.id), 'query', '/');
    await page.keyboard.type('cc b.c');
    same([await page.textContent('#found'), (await view(page)).found], ['1 found', 1], 'found');
    await page.keyboard.press('Escape');
    same(await page.evaluate(() => document.activeElement.id), '', 'Escape leaves the field');
    await page.keyboard.press('p');
    await page.keyboard.press('Escape');
    same((await view(page)).range, null, 'the range after Escape');
  }),

  arrows_go_through_the_tree: () => with_page({}, async (page) => {
    await page.focus('#timeline');
    const way = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowUp', 'ArrowLeft']) {
      await page.keyboard.press(key);
      way.push(await selected(page));
    }
    same(way, ['sh job.sh', 'make -j2', 'gen', 'cc -c a.c', 'cc -c b.c', 'as b.s', 'cc -c b.c', 'cc -c a.c'], 'way');
    same(await page.textContent('#said'), 'cc -c a.c, 29.0 ms, exit 0', 'what is said');
    check(await page.isVisible('#tip'), 'no tooltip for the keyboard');
    await page.keyboard.press('f');
    const now = await view(page);
    check(Math.abs(now.to - now.from - 34800) < 1, `F shows ${now.to - now.from}`);
    await page.keyboard.press('Escape');
    same([await selected(page), await page.isHidden('#detail'), await page.isHidden('#tip')], ['', true, true], 'after Escape');
  }),

  details_are_complete: () => with_page({ hash: '#span=p9' }, async (page) => {
    same(await facts(page), { Command: 'spy', Program: '/usr/bin/spy', Folder: '/srv/job', End: 'inferred', 'End seen by': 'nobody: inferred',
      Start: '6.0 ms into the run', Lasts: '≥ 54.0 ms, at most 93.0 ms', 'Own time': '54.0 ms, in which no child of it lived',
      CPU: '27.0 ms user, 5.4 ms system; 40 % of its time waiting', Memory: '4096 KiB at most', 'Process id': '109', 'Span id': 'p9' }, 'facts');
    await page.click('#parent');
    same([await selected(page), (await facts(page))['Critical path']], ['sh job.sh', '10.0 ms of it'], 'started by');
    await page.click('#first-child');
    same(await selected(page), 'make -j2', 'its child');
    await page.evaluate(() => dt.page.select(dt.page.run.find('p8')));
    same((await facts(page))['Critical path'], '22.0 ms of it', 'of ld, behind which a mark is recorded');
    await page.click('#close');
    same(await page.isHidden('#detail'), true, 'closed');
  }),

  a_link_opens_a_span_and_selecting_makes_one: () => with_page({ hash: '#span=p6' }, async (page) => {
    same(await selected(page), 'as b.s', 'selected');
    const now = await view(page);
    check(now.from < 40000 && now.to > 68000 && now.to - now.from < 40000, 'it is in sight');
    const spot = await placeOf(page, 'p5');
    await page.mouse.click(spot.x, spot.y);
    same(await page.evaluate(() => location.hash), '#span=p5', 'address');
    await page.evaluate(() => { location.hash = '#span=%E0%A4'; location.hash = '#span=nobody'; });
    same(await selected(page), 'cc -c b.c', 'addresses of nobody');
  }),

  a_mouse_is_told_what_it_is_over: () => with_page({}, async (page) => {
    const spot = await placeOf(page, 'p8');
    await page.mouse.move(spot.x, spot.y);
    same(await page.textContent('#tip'), 'ld -o out\n22.0 ms, exit 1 ✗', 'tooltip');
    const value = await placeOf(page, 'm1');
    await page.mouse.move(value.x, value.y);
    same(await page.textContent('#tip'), 'coverage = 81.25\n30.0 ms into the run', 'of a value');
    await page.mouse.click(value.x, value.y);
    same(await facts(page), { Value: 'coverage = 81.25', At: '30.0 ms into the run' }, 'its facts');
  }),

  colours_and_lanes_go_by_task: () => with_page({}, async (page) => {
    const legend = () => page.$$eval('#legend button', (all) => all.map((one) => one.textContent));
    same(await legend(), ['cc', 'spy', 'as', 'ld', 'gen', 'sh', 'make'], 'commands');
    await page.selectOption('#colour', 'task');
    same(await legend(), ['build', 'link'], 'tasks');
    await page.click('#legend button:nth-child(1)');
    same([(await view(page)).found, await page.getAttribute('#legend button', 'aria-pressed')], [6, 'true'], 'one alone, the task with its processes');
    const before = await page.evaluate(() => dt.page.timeline.layout.lanes.length);
    await page.selectOption('#lanes', 'task');
    const bands = await page.evaluate(() => dt.page.timeline.layout.bands.map((band) => band.name));
    same([bands, before], [['in no task', 'build', 'link'], 6], 'bands');
    check(await isPainted(page, 'timeline'), 'the timeline is empty');
  }),

  flame_and_sandwich_follow_a_click_and_keys: () => with_page({}, async (page) => {
    await page.locator('#flame').scrollIntoViewIfNeeded();
    const box = await page.locator('#flame').boundingBox();
    await page.mouse.click(box.x + 20, box.y + 18 * 3 + 8); // below job, sh and make: the heaviest, cc
    same([await page.textContent('#sandwich-of'), await page.evaluate(() => dt.page.flame.zoomed.name)], ['cc', 'cc'], 'clicked');
    await page.focus('#callers');
    await page.keyboard.press('ArrowDown');
    same(await page.textContent('#said'), 'make, 87.0 ms, 100 % · × 3', 'who starts it');
    await page.click('#command-table button:text-is("ld")');
    same(await page.textContent('#sandwich-of'), 'ld', 'asked for in the table');
  }),

  the_list_moves_by_keys_and_has_only_what_is_in_sight: () => with_page({}, async (page) => {
    await page.focus('#spans .view');
    await page.keyboard.press('End');
    same(await selected(page), 'ld -o out', 'End');
    await page.keyboard.press('ArrowUp');
    same(await selected(page), 'cc -c c.c', 'ArrowUp');
    same(await page.getAttribute('#spans', 'aria-rowcount'), '10', 'rows');
  }),

  axe_finds_nothing: async () => {
    if (!npm('axe-core')) throw new Skip('no axe-core in $DTRACK_NODE_MODULES');
    for (const colorScheme of ['light', 'dark'])
      for (const hash of ['', '#span=p8'])
        for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 800 }]) {
          // The test's own script needs a way past the policy; the page is what it is.
          const page = await open(browser, file, { colorScheme, hash, viewport, bypassCSP: true });
          same(await axe(page), [], `${colorScheme} ${hash} ${viewport.width}`);
          await page.context().close();
        }
  },

  a_phone_scrolls_one_way: async () => {
    for (const width of [390, 320])
      await with_page({ viewport: { width, height: 800 }, hash: '#span=p5' }, async (page) => {
        same(await widerThan(page), 0, `what lies outside of ${width} pixels`);
        const tall = await page.$$eval('#command-table tbody tr', (rows) => Math.max(...rows.map((row) => row.getBoundingClientRect().height)));
        check(tall < 60, `a row is ${tall} pixels high`);
      });
  },

  dark_is_dark_and_canvases_follow: () => with_page({ colorScheme: 'dark' }, async (page) => {
    const back = () => page.evaluate(() => [getComputedStyle(document.body).backgroundColor, dt.theme().isDark]);
    same(await back(), ['rgb(13, 17, 23)', true], 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForTimeout(100);
    same(await back(), ['rgb(255, 255, 255)', false], 'light');
  }),

  paper_has_the_tables_and_no_controls: () => with_page({ colorScheme: 'dark' }, async (page) => {
    await page.emulateMedia({ media: 'print' });
    same([await page.isVisible('#command-table'), await page.isVisible('#path-table'), await page.isVisible('#timeline'), await page.isVisible('#query')],
      [true, true, false, false], 'what is printed');
    same(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)', 'paper');
    check((await page.pdf()).length > 5000, 'an empty print');
  }),

  without_scripts_the_plain_part_is_all_there: async () => {
    const page = await open(browser, file, { javaScriptEnabled: false });
    const text = await page.locator('body').innerText();
    for (const part of ['job ✗ exit 2 after 100 ms', 'What failed', 'here it began', 'Tasks', 'What the time waited for', 'By command', 'Coverage: 97 %'])
      check(text.includes(part), `${part} is not there`);
    check(!text.includes('Zoom') && await page.isHidden('#timeline'), 'controls that do nothing are there');
    check(await page.isVisible('#path-table') && await page.isVisible('#command-table') && await page.isVisible('#task-table'), 'a table is not to be seen');
    await page.context().close();
  },

  as_jenkins_serves_it_it_can_be_read: async () => {
    const server = http.createServer((request, answer) => answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "sandbox allow-same-origin; default-src 'none'; img-src 'self'; style-src 'self';" }).end(fs.readFileSync(file)));
    await new Promise((done) => server.listen(0, '127.0.0.1', done));
    const context = await browser.newContext(), page = await context.newPage();
    try {
      await page.goto(`http://127.0.0.1:${server.address().port}/page.html`);
      const text = await page.locator('body').innerText(); // no style: the sources of the hidden part are hidden by their attribute
      for (const part of ['job ✗ exit 2', 'sh job.sh', 'What the time waited for', 'By command']) check(text.includes(part), `${part} is not there`);
      check(!text.includes('Find') && !text.includes('use strict') && !text.includes('H4sI'), 'what needs a script, or is one, is to be seen');
      same((await table(page, 'path-table'))[0].slice(1, 3), ['28 ms', 'as'], 'path');
    } finally {
      await context.close();
      server.close();
    }
  },

  a_run_that_goes_on_reaches_up_to_now: async () => {
    const { rows, summary } = live(), folder_ = folder();
    store(folder_, summary, rows);
    const page = await open(browser, report(dtrack, folder_), { hash: '#span=p3' });
    same(await page.textContent('h1'), 'job … still running after 60 ms', 'title');
    same((await table(page, 'path-table')).map((line) => line.slice(1, 3)), [['40 ms', 'cc'], ['15 ms', 'gen'], ['5 ms', 'sh']], 'path');
    const known_ = await facts(page);
    same([known_.End, known_.Lasts], ['still running', '≥ 40.0 ms'], 'what is running');
    await page.context().close();
    fs.rmSync(folder_, { recursive: true });
  },

  a_damaged_block_leaves_the_plain_part: async () => {
    const broken = path.join(place, 'broken.html'), text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(broken, text.replace(/(id="data">\n.{40}).{40}/, '$1'));
    const page = await open(browser, broken, { isComplete: false });
    await page.waitForTimeout(500);
    check((await page.textContent('#note')).includes("can't be shown"), 'no word of it');
    check(await page.isVisible('#path-table') && await page.isHidden('#timeline'), 'the plain part');
    await page.context().close();
  },
};

async function main() {
  if (missing()) return skipAll(missing());
  place = folder();
  const { rows, summary } = known();
  store(place, summary, rows);
  file = report(dtrack, place);
  browser = await launch();
  try {
    return await run(tests);
  } finally {
    await browser.close();
    fs.rmSync(place, { recursive: true });
  }
}

main();
