"""What holds for every test: none sees the settings of whoever runs it."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def _own_settings_alone() -> Iterator[None]:
    """Takes keys, addresses and homes out of the environment before any other fixture runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.upper().startswith(("ASSISTANT_", "OPENAI_"))]:
            patch.delenv(name)
        yield
