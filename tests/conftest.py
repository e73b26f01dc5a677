"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# On a developer's machine every run tries other values; a check that decides something tries the same ones each time.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
if os.environ.get("CI"):
    settings.load_profile("ci")
