// SPDX-License-Identifier: MIT
// read_speedscope.js MODULES FILE: the file as speedscope's own importer reads it. Prints [{name, weight, frames: {name: self weight}}],
// one for each profile. Status 77 when it is not installed.
'use strict';
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const [modules, file] = process.argv.slice(2);
const dist = path.join(modules, 'speedscope/dist/release');

function skip(why) {
    console.error(why);
    process.exit(77);
}

// The package is one page's script. Its importer is taken out before the page is drawn; what stands for the page says yes to all.
function importer() {
    if (!fs.existsSync(dist)) {
        skip('speedscope is not installed');
    }
    const bundle = fs.readdirSync(dist).find((name) => /^speedscope-.*\.js$/.test(name));
    const text = fs.readFileSync(path.join(dist, bundle), 'utf8');
    const exported = /([\w$]+)=\{\};[\w$]+\(\1,\{importFromFileSystemDirectoryEntry:/.exec(text);
    const start = exported && new RegExp(`\\(([\\w$]+)\\(\\),${exported[1].replace('$', '\\$')}\\)`).exec(text);
    if (!start || !text.includes('console.log(`speedscope v')) {
        skip('this release of speedscope is built in another way');
    }
    const page = new Proxy(function () {}, {
        get: (target, key) => (key === Symbol.toPrimitive ? () => '' : page),
        apply: () => page,
        construct: () => page,
        set: () => true,
    });
    const silent = { log() {}, warn() {}, error() {} };
    const context = { console: silent, window: page, document: page, location: page, localStorage: page, matchMedia: page,
        navigator: { userAgent: '', platform: '' }, TextDecoder, TextEncoder, setTimeout, clearTimeout, URL, performance };
    context.globalThis = context.self = context;
    vm.createContext(context);
    const hook = `globalThis.importer=(${start[1]}(),${exported[1]});throw 'enough';console.log(\`speedscope v`;
    try {
        vm.runInContext(text.replace('console.log(`speedscope v', hook), context);
    } catch (thrown) {
        if (thrown !== 'enough') {
            throw thrown;
        }
    }
    return context.importer;
}

async function main() {
    const group = await importer().importProfileGroupFromText(path.basename(file), fs.readFileSync(file, 'utf8'));
    const found = group.profiles.map((profile) => {
        const frames = {};
        profile.forEachFrame((frame) => {
            frames[frame.name] = (frames[frame.name] ?? 0) + frame.getSelfWeight();
        });
        return { name: profile.getName(), weight: profile.getTotalWeight(), frames };
    });
    process.stdout.write(JSON.stringify(found));
}

main().catch((error) => {
    console.error(String(error?.message ?? error).slice(0, 1000));
    process.exit(1);
});
