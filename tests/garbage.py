"""Keeps the search for garbage short.

While Python looks through all that there is, everything stands still: half a second with all these
modules, schemas and tests, several where the machine is busy. By then answers are late.
"""

import gc


def keep_for_good() -> None:
    """Leave out what is in use now from all searches to come."""
    gc.collect()
    gc.freeze()
