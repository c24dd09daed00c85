"""Counts of injected faults, for the report on reliability: one JSON line a test."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass
class Count:
    """What one test did and found."""

    injected: int = 0
    violations: int = 0
    more: dict[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def counted(fault: str, test: str = "") -> Iterator[Count]:
    """Writes a line into the file that DOORSTEP_FAULT_LOG names, if any, at the end of a test.

    A test that fails has at least one violation.
    """
    count = Count()
    try:
        yield count
    except (AssertionError, pytest.fail.Exception):
        count.violations = max(1, count.violations)
        raise
    finally:
        if name := os.environ.get("DOORSTEP_FAULT_LOG"):
            line = {"fault": fault, "injected": count.injected, "violations": count.violations}
            line |= ({"test": test} if test else {}) | count.more
            # One write, so that lines of tests that run at once do not mix.
            with open(name, "ab", buffering=0) as log:
                log.write(json.dumps(line).encode() + b"\n")
