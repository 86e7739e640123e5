"""Corrupted statements: the check catches what was changed, and lets what was only said otherwise pass."""

from collections import defaultdict

import pytest

from research.corruption import ChangedSentence, corruptions, is_caught, load_sentences, main, paraphrases

_SEEDS = 8
_MIN_CAUGHT = {"digit": 0.97, "swap": 0.97, "date": 0.97, "unit": 0.97, "name": 0.90, "negation": 0.90}


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return load_sentences(None)


def test_what_was_changed_is_caught(sentences: list[str]) -> None:
    """Of over 2,000 corruptions of the corpus's own sentences hardly any passes, whatever kind it is of."""
    changed_sentences = {changed for seed in range(_SEEDS) for changed in corruptions(sentences, seed)}
    assert len(changed_sentences) >= 2_000
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for changed in changed_sentences:
        outcomes[changed.kind].append(is_caught(changed))
    assert _MIN_CAUGHT.keys() == outcomes.keys()
    for kind, minimum in _MIN_CAUGHT.items():
        assert sum(outcomes[kind]) / len(outcomes[kind]) >= minimum, kind


def test_what_says_the_same_passes(sentences: list[str]) -> None:
    """Of the sentences themselves, and of light paraphrases, at least 95 in 100 are not called unsupported."""
    outcomes: dict[bool, list[bool]] = defaultdict(list)
    for paraphrase in paraphrases(sentences):
        outcomes[paraphrase.kind == "unchanged"].append(not is_caught(paraphrase))
    assert all(outcomes[True])
    assert len(outcomes[False]) >= 100
    assert sum(outcomes[False]) / len(outcomes[False]) >= 0.95


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "Police made 850 arrests, 2,517 of them for smuggling.",
            "Police made 2,517 arrests, 850 of them for smuggling.",
        ),
        ("It ended on 6 October 2024 in Lyon.", "It ended on 4 October 2024 in Lyon."),
        ("The network moved 20 tonnes of cocaine.", "The network moved 20 kilograms of cocaine."),
        ("The operation was not led from Lyon.", "The operation was led from Lyon."),
        ("The operation was led from Porto.", "The operation was led from Lyon."),
    ],
)
def test_single_corruptions(text: str, sentence: str) -> None:
    """One of each kind, caught."""
    assert is_caught(ChangedSentence("one", text, sentence))


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    """It prints a share for each kind."""
    assert 0 == main(["--show", "1"])
    lines = capsys.readouterr().out.splitlines()
    for kind in _MIN_CAUGHT:
        assert any(line.startswith(f"caught {kind}: ") for line in lines)
    assert any(line.startswith("passed unchanged: 1.000") for line in lines)
