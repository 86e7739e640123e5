from assistant.nlp.caching import cached_by_text


def test_long_texts_are_soon_forgotten() -> None:
    """Short texts are remembered by the hundred, of long ones only the last few, and all of them can be forgotten."""
    read: list[str] = []

    @cached_by_text(100, 10)
    def length(text: str) -> int:
        """The length of a text."""
        read.append(text)
        return len(text)

    texts = [str(n) for n in range(50)] + [f"{n:012}" for n in range(50)]
    for _ in range(2):
        assert [len(text) for text in texts] == [length(text) for text in texts]
    assert texts + texts[50:] == read
    assert 12 == length(texts[-1])
    assert 150 == len(read)
    length.clear()
    assert 1 == length("1")
    assert 151 == len(read)
