# SPDX-License-Identifier: MIT
"""Rules about shell scripts."""
import subprocess


def shellcheck_accepts_every_script(tree):
    """Exceptions stand in the script, with a reason."""
    if tree.shell_files():
        done = subprocess.run(['shellcheck', '-x', '-P', tree.root, '-f', 'gcc', *tree.shell_files()], cwd=tree.root,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        yield from done.stdout.splitlines()


RULES = [shellcheck_accepts_every_script]
