"""The parts of the embedder that need no model."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SettingsError
from assistant.models.e5 import BATCH_TOKENS, E5Embedder
from assistant.models.embedders import EndpointEmbedder, open_embedder
from assistant.models.onnx_runtime import available_cores, batches_by_length
from assistant.settings import load_settings


@given(st.lists(st.integers(min_value=1, max_value=256), max_size=300))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int]) -> None:
    """Whatever the lengths, each text is in one batch, and no batch is padded beyond the budget."""
    batches = list(batches_by_length(lengths, BATCH_TOKENS))
    assert list(range(len(lengths))) == sorted(row for batch in batches for row in batch)
    assert all(len(batch) * max(lengths[row] for row in batch) <= BATCH_TOKENS for batch in batches)


@given(st.lists(st.integers(min_value=1, max_value=256), max_size=300))
def test_batches_are_sorted_by_length(lengths: list[int]) -> None:
    """Texts of like length share a batch, so that little of it is padding."""
    order = [lengths[row] for rows in batches_by_length(lengths, BATCH_TOKENS) for row in rows]
    assert sorted(lengths, reverse=True) == order


def test_the_cores_are_those_of_this_process() -> None:
    """The threads are as many as the cores that the process may run on."""
    assert len(os.sched_getaffinity(0)) == available_cores()


def test_the_default_is_the_bundled_model() -> None:
    """With nothing set, the bundled model embeds, whatever keys lie in the environment."""
    assert isinstance(open_embedder(load_settings(openai_api_key="sk-there")), E5Embedder)


def test_a_model_with_a_key_is_an_endpoint() -> None:
    """A model's name and a key lead to the endpoint, which is not asked yet."""
    assert isinstance(open_embedder(load_settings(embedding="some-model", openai_api_key="sk-there")), EndpointEmbedder)


def test_a_model_without_key_or_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's name alone cannot be reached; the error says what to set."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(SettingsError, match=r"'some-model' needs an endpoint\. Set OPENAI_BASE_URL or OPENAI_API_KEY"):
        open_embedder(load_settings(embedding="some-model"))
