# SPDX-License-Identifier: MIT
"""All families of cases, in the order in which they run."""
from cases import binaries, builds, coreutils, languages, preloads, privileges, probes, python, shells, tools

FAMILIES = {module.__name__.rpartition('.')[2]: module.CASES
            for module in (probes, coreutils, shells, builds, python, languages, tools, privileges, preloads, binaries)}
