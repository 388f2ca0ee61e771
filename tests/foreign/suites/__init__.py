# SPDX-License-Identifier: MIT
"""The foreign suites, in the order in which they are started: the long ones first."""
from suites.bash import Bash
from suites.coreutils import Coreutils
from suites.git import Git
from suites.make import Make
from suites.perl import Perl
from suites.python import Python
from suites.tcl import Tcl
from suites.zsh import Zsh

SUITES = [Python(), Zsh(), Bash(), Make(), Perl(), Git(), Coreutils(), Tcl()]
