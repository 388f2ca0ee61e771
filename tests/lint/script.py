# SPDX-License-Identifier: MIT
"""Rules about JavaScript: what a page that shows others' words must not do, and sizes."""
import os
import re
import shutil
import subprocess

PAGE = 'lib/export/report/'
LINES_MAX = 300
# What makes markup or code of a text, or asks for something.
BANNED = re.compile(r'\b(innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|DOMParser|document\.write|eval|Function|importScripts|fetch|'
                    r'XMLHttpRequest|WebSocket|EventSource|sendBeacon|Worker|localStorage|sessionStorage|indexedDB|alert)\b')
LATE_CODE = re.compile(r'\b(setTimeout|setInterval)\(\s*[\'"`]')
HANDLER = re.compile(r'\s(on\w+|style)\s*=\s*["\']')


def scripts(tree):
    """JavaScript, the page's and the tests'."""
    return [path for path in tree.paths if path.endswith('.js')]


def page(tree):
    """The page's sources: scripts and markup."""
    return [path for path in tree.paths if path.startswith(PAGE) and path.endswith(('.js', '.html'))]


def scripts_can_be_read(tree):
    """By node, where there is one."""
    node = shutil.which('node')
    for path in scripts(tree) if node else []:
        done = subprocess.run([node, '--check', os.path.join(tree.root, path)], stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            yield f'{path}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "cannot be read"}'


def scripts_are_strict(tree):
    """No variable by accident, no var, no ==."""
    for path in scripts(tree):
        if "'use strict';" not in tree.text(path)[:2000]:
            yield f'{path}: is not strict'
        for number, line in tree.lines(path):
            if re.search(r'^\s*var\s|\w [=!]= \w', re.sub(r"'[^']*'|`[^`]*`|//.*", '', line)):
                yield f'{path}:{number}: var, == or !='


def page_makes_no_markup_and_asks_for_nothing(tree):
    """What a record holds is text; there is no network."""
    for path in page(tree):
        for number, line in tree.lines(path):
            code = re.sub(r'//.*', '', line)
            match = BANNED.search(code) or LATE_CODE.search(code) or (path.endswith('.html') and HANDLER.search(code))
            if match:
                yield f'{path}:{number}: {match.group(0).strip()}'


def page_sources_are_short(tree):
    """One idea a file."""
    for path in page(tree):
        count = tree.text(path).count('\n')
        if count > LINES_MAX:
            yield f'{path}: has {count} lines, more than {LINES_MAX}'


RULES = [scripts_can_be_read, scripts_are_strict, page_makes_no_markup_and_asks_for_nothing, page_sources_are_short]
