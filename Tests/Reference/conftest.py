"""The offices and laptops of Tests/ProgramTests, for the reference to join."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

PROGRAM_TESTS = Path(__file__).resolve().parents[1] / "ProgramTests"
sys.path.append(str(PROGRAM_TESTS))

# Under another name, since this file is `conftest` here.
spec = importlib.util.spec_from_file_location("program_fixtures", PROGRAM_TESTS / "conftest.py")
assert spec and spec.loader
fixtures = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fixtures)

bare_template, template, shared = fixtures.bare_template, fixtures.template, fixtures.shared
offices, stopped_office, office = fixtures.offices, fixtures.stopped_office, fixtures.office
khan, jones = fixtures.khan, fixtures.jones
