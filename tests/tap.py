# SPDX-License-Identifier: MIT
"""The harness of tests written in Python, as test.h is for C: a test is a function named as a claim."""
import os
import sys
import traceback

# For environments that a test makes from nothing: where a sanitizer in the programs they are for reports to.
SANITIZER = {name: value for name, value in os.environ.items() if name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS')}


class Failure(Exception):
    """The claim does not hold; the text says what was seen instead."""


class Skip(Exception):
    """The claim cannot be tried here; the text says why."""


def note(text):
    """Print a diagnostic."""
    for line in str(text).splitlines() or ['']:
        print('#', line)


def check(holds, text):
    """End the running test with a failure unless `holds`."""
    if not holds:
        raise Failure(text)


def same(got, want, what):
    """End the running test with a failure unless both are equal."""
    check(got == want, f'{what} is {got!r}, not {want!r}')


def needs_plain_build(why):
    """Skip the running test when dtrack is built with sanitizers."""
    if os.environ.get('DTRACK_SANITIZED'):
        raise Skip(f'built with sanitizers: {why}')


def _attempt(body):
    """The words to put before and behind the claim."""
    try:
        body()
    except Skip as reason:
        return 'ok', f' # SKIP {reason}'
    except Failure as failure:
        note(failure)
        return 'not ok', ''
    except Exception:  # pylint: disable=broad-except  # a test that breaks is a test that fails
        note(traceback.format_exc())
        return 'not ok', ''
    return 'ok', ''


def run(tests):
    """Run each test in order, print TAP, and end the program; a pair (claim, function) names a test by hand."""
    named = [test if isinstance(test, tuple) else (test.__name__, test) for test in tests]
    print(f'1..{len(named)}')
    failed = 0
    for number, (claim, body) in enumerate(named, 1):
        result, remark = _attempt(body)
        failed += result == 'not ok'
        print(f'{result} {number} - {claim}{remark}', flush=True)
    sys.exit(failed != 0)
