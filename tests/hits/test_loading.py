"""Who reads pages or runs another command waits for nothing that only comparing needs."""

from __future__ import annotations

import os
import subprocess
import sys

LOADED = """
import sys, django
django.setup()
import libertad.web.urls
print(sorted({"numpy", "duckdb"} & set(sys.modules)))
from libertad.hits import Matcher
Matcher()
print("numpy" in sys.modules)
"""


def test_pages_load_no_numpy_and_a_matcher_does() -> None:
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test"}
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, env=env, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
