# SPDX-License-Identifier: MIT
"""What a case is. The families in cases/ are tables of these; nothing here runs anything."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One command that must not be able to tell that it is watched.

    It runs in an empty folder, the same for both runs; what it leaves there is compared as well. $BUILT names the
    folder of the probes and of the programs in built.py, $VIEW the probe that prints all it can see of itself.
    """
    name: str
    command: tuple
    needs: tuple = ()      # programs that must be there, and 'root', 'built:NAME', 'library:NAME'; else it is skipped
    setup: str = ''        # a shell script that prepares the folder, never watched
    stdin: str = ''        # what the command reads, or types when it has a terminal
    tty: bool = False      # its standard descriptors are a terminal, its own
    stderr: str = ''       # 'broken' or 'full': a pipe that takes nothing
    normal: tuple = ()     # names from normal.py: what differs between any two runs
    variables: dict = field(default_factory=dict)  # added to the environment of both runs
    preload: str = '{}'    # LD_PRELOAD; {} is our library, and nothing in the run that is not watched
    under: tuple = ('preload',)  # how it is watched: 'preload', 'run' (by `dtrack run --`)
    names: tuple = ()      # processes that must be in the record; without any, the command's own name
    lives_on: tuple = ()   # processes that may still run when the run ends
    runs: int = 1          # how many runs it makes
    stores: bool = True    # False: the case is about a store that can't be reached
    files: tuple = ()      # patterns of files whose contents differ between any two runs
    timeout: int = 60


def script(shell, name, text, **options):
    """A case that is a script for `shell`, given with -c."""
    needs = (shell,) + tuple(options.pop('needs', ()))
    return Case(name, (shell, '-c', text), needs=needs, **options)


def sh(name, text, **options):
    """A case that is a script for the system's sh, which leaves through _exit where it is dash."""
    return script('sh', name, text, **options)


def bash(name, text, **options):
    """A case that is a script for bash."""
    return script('bash', name, text, **options)
