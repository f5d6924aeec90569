"""Puts analyses/ and figures/ into the wheel, so that an installed grusym finds them too."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds the two folders to a real wheel; an editable install reads them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before a wheel is built."""
        if version == "standard":
            build_data["force_include"].update(
                {"analyses": "grusym/_project/analyses", "figures": "grusym/_project/figures"}
            )
