from assistant.nlp.synonyms import synonym_stems
from assistant.nlp.tokens import stem


def test_synonyms_are_mutual_and_leave_out_the_word_itself() -> None:
    """A question's "succeed" finds a report's "replacement", and the other way round; most words have none."""
    assert stem("replacement") in synonym_stems(stem("succeed"))
    assert stem("succeed") in synonym_stems(stem("replacement"))
    assert stem("succeed") not in synonym_stems(stem("succeed"))
    assert synonym_stems("kestrel") == frozenset()
