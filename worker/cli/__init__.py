"""The command line: one file per group of commands, each loaded only when it is asked for."""

from __future__ import annotations

import gc

# What a command imports stays until it ends; looking through it for garbage again and again is a tenth of the time of
# one that has little to do. A program that runs for weeks looks seldom, and after as many new objects as a few pages.
gc.set_threshold(50_000)
