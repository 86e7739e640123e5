"""Text that was recognised on a picture: citations of it say so, and nothing calls it exact."""

from pathlib import Path

import pytest

from assistant import Assistant
from assistant.cli.output import answer_lines, verification_lines
from assistant.structure import Block
from assistant.types import Document

SENTENCE = "The harbour of Ashby handled 4,811 ships in that year."
QUESTION = "How many ships did the harbour of Ashby handle?"


def scan(*, is_recognised: bool) -> Document:
    """A document of one sentence."""
    block = Block("paragraph", 0, len(SENTENCE), is_recognised=is_recognised)
    return Document("a", "Harbours", "/scan.pdf", SENTENCE, "pdf", pages=(0,), blocks=(block,))


@pytest.mark.parametrize("is_recognised", [True, False])
def test_it_is_exact_to_what_was_recognised(tmp_path: Path, is_recognised: bool) -> None:
    """The citation, the check, verifying and the terminal say that the words were recognised, of such text alone."""
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index(scan(is_recognised=is_recognised))
        answer = assistant.ask(QUESTION)
        verification = assistant.verify(answer)
    (statement,), (citation,), (status,) = answer.statements, answer.citations, verification.citations
    assert (SENTENCE, is_recognised) == (citation.quote, citation.ocr)
    assert is_recognised == answer.to_dict()["citations"][0]["ocr"]
    assert "supported" == statement.verdict
    assert is_recognised == ("recognised" in statement.why)
    assert verification.holds
    assert "exact" == status.standing
    assert is_recognised == ("recognised" in status.why)
    assert is_recognised == ("recognised" in verification.statements[0].why)
    shown = str(answer_lines(answer))
    assert is_recognised == ("recognised on a picture" in shown)
    verified = str(verification_lines([verification]))
    assert is_recognised == ("as recognised" in verified)
    assert is_recognised == ("'exact   '" not in verified)


def test_old_records_are_verified(tmp_path: Path) -> None:
    """A record from before citations had places, and said how their words were read, is verified as ever."""
    with Assistant.open(tmp_path / "home") as assistant:
        assistant.index(scan(is_recognised=False))
        record = assistant.ask(QUESTION).to_dict()
        for citation in record["citations"]:
            del citation["boxes"], citation["ocr"]
        verification = assistant.verify(record)
    assert verification.holds
    assert ["exact"] == [citation.standing for citation in verification.citations]
