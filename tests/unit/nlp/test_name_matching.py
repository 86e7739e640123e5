import pytest

from assistant.nlp.figures import find_names
from assistant.nlp.name_matching import name_occurs


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Jürgen Stock", "It was Jurgen Stock who spoke.", True),
        ("Jürgen Stock", "Secretary General Mr Stock spoke.", True),
        ("Jürgen Stock", "They sold stock.", False),
        ("Togo", "The Togolese police came.", True),
        ("China", "The Chinese police came.", True),
        ("Syria", "Two Syrians were arrested.", True),
        ("Operation Liberterra", "Liberterra was over.", True),
        ("National Crime Agency", "The NCA said so.", True),
        ("NCA", "The National Crime Agency said so.", True),
        ("Government of Brazil", "In Brazil, the government said so.", True),
        ("Government of Brazil", "Brazil said so.", False),
        ("Liberterra II", "It was Operation Liberterra.", False),
        ("U.S.", "the US police", True),
    ],
)
def test_a_name_occurs_in_its_forms(name: str, text: str, expected: object) -> None:
    """Word for word, without accents, as an adjective, an acronym or by family name; nothing that only looks alike."""
    (parsed,) = find_names(f"it was {name}")
    assert expected == name_occurs(parsed, text)


def test_a_name_of_names_is_looked_for_in_no_time() -> None:
    """A name of many parts that may each be a name of the text: taken apart once, not in every way there is."""
    for count in (25, 60, 3_000):
        (name,) = find_names(f"it was X{'-Ba' * count}-Bo")
        assert not name_occurs(name, "He saw Ba, and X, and X-Ba, and Ba-Ba.")
    (name,) = find_names("it was X-Ba-Ba-Ba-Bo")
    assert name_occurs(name, "He saw X-Ba, and Ba-Ba, and Bo.")
