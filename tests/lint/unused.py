# SPDX-License-Identifier: MIT
"""The rule about functions that the product does without: what only tests call belongs to the tests."""
import re
from collections import Counter

WORD = re.compile(r'[A-Za-z_]\w*')
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*', re.DOTALL)
CALLED_UNSEEN = re.compile('main|mem(cpy|move|set|cmp)|strlen|atomic64_.*')  # calls that no source shows
# What those who read a run's figures or rows may ask; the pages that do are not all there yet.
ASKED_LATER = re.compile('figures_(key|if_free|free_(key|life|task)|slack|path_by_task)|ndjson_keys?|json_parse_loose|'
                         'digest_is_helper')
BY_LOADER = ('preload/libdtrack.exports', 'preload/libdtrack.map')


def is_excused(tree, tag):
    """Called by the loader or the compiler, or asked for later; and of what is static the compiler warns by itself."""
    line = tree.text(tag['path']).split('\n')[tag['line'] - 1]
    return bool(re.search(r'\b(static|exported)\b', line) or CALLED_UNSEEN.fullmatch(tag['name'])
                or ASKED_LATER.fullmatch(tag['name']))


def words_of_product(tree):
    """How often each word stands in the product's code; texts count, for the loader looks names up by them."""
    words = Counter()
    for path in tree.product():
        words.update(WORD.findall(NOT_CODE.sub(' ', tree.text(path))))
    return words


def names_for_the_loader(tree):
    """What hosts call."""
    return {name for path in BY_LOADER if path in tree.paths for name in WORD.findall(tree.text(path))}


def product_calls_all_its_functions(tree):
    """Each stands in a place beside its definitions and prototypes."""
    words = words_of_product(tree)
    known = names_for_the_loader(tree)
    tags = [tag for tag in tree.tags() if tag['path'].startswith(('lib/', 'preload/')) and tag['kind'] != 'variable']
    times = Counter(tag['name'] for tag in tags)
    for tag in tags:
        if tag['kind'] == 'function' and words[tag['name']] <= times[tag['name']] and tag['name'] not in known and \
                not is_excused(tree, tag):
            yield f"{tag['path']}:{tag['line']}: {tag['name']} is called by no code of the product"


RULES = [product_calls_all_its_functions]
