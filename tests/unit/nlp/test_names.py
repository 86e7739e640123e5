import pytest

from assistant.nlp.figures import find_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Interpol Secretary General Jürgen Stock spoke.", ["interpol", "jurgen stock"]),
        ("Mr. Stock and President Emmanuel Macron met.", ["stock", "emmanuel macron"]),
        ("It was held in Côte d’Ivoire.", ["cote d'ivoire"]),
        ("Interpol’s General Secretariat in Lyon", ["interpol", "general secretariat", "lyon"]),
        (
            "Operation Liberterra II and Operation Flash-Weka",
            ["operation liberterra ii", "operation flash weka"],
        ),
        ("AFRIPOL, UNODC and the U.S. took part.", ["afripol", "unodc", "us"]),
        (
            "The United Nations Office on Drugs and Crime said so.",
            ["united nations office on drugs and crime"],
        ),
        (
            "the National Crime Agency of the United Kingdom and AFRIPOL",
            ["national crime agency of the united kingdom", "afripol"],
        ),
        ("the Ministry of Justice", ["ministry of justice"]),
        (
            "Jürgen Stock of Germany and the Republic of Korea",
            ["jurgen stock", "germany", "republic of korea"],
        ),
        ("Article 3 of the Interpol constitution", ["article 3", "interpol"]),
        ("assets of USD 1.1 million, US$5 and 5 GB were frozen", []),
        ("Resolution 2331 and Article 5", ["resolution 2331", "article 5"]),
        ("J. R. R. Tolkien and Ludwig van Beethoven", ["j r r tolkien", "ludwig van beethoven"]),
        ("Abu Bakr al-Baghdadi left St. Petersburg", ["abu bakr al baghdadi", "st petersburg"]),
        ("a US-led coalition against COVID-19", ["us", "covid 19"]),
        ("Police arrested people. Victims were freed. Human trafficking grew.", []),
        ("Moreover, migrants came. Yesterday Interpol said so.", ["interpol"]),
        ("Thousands of Syrians and citizens of France fled.", ["syrians", "france"]),
        ("Citizens of France fled. Mali did not.", ["france", "mali"]),
        ("On Wednesday November 6 I’m here, I think.", []),
        ("BREAKING NEWS: POLICE ARREST FIFTY PEOPLE", []),
        ("nothing here", []),
        ("", []),
    ],
)
def test_names_are_read(text: str, expected: object) -> None:
    """Runs of capitals are names; titles, roles, dates and a sentence's common first word are not."""
    assert expected == [name.key for name in find_names(text)]


def test_names_are_equal_by_key() -> None:
    """The same name spelled with and without accents or a hyphen is one name."""
    assert find_names("in Flash-Weka and Jürgen Stock") == find_names("with Flash Weka and Jurgen Stock")
