"""The note on documents whose letters the bundled embedder doesn't know, and the language of a text."""

import pytest

from assistant.evaluation.cases import load_cases
from assistant.nlp.languages import are_different, languages_of
from assistant.paths import data_folder
from assistant.segmentation.language import UNKNOWN_SCRIPT_NOTE, language_note

FOREIGN = {
    "French": (
        "La police a mené une vaste opération contre les trafiquants dans plusieurs pays. Les victimes ont "
        "été accueillies par des associations, qui leur ont donné un abri et une aide juridique."
    ),
    "German": (
        "Die Polizei hat bei einem Einsatz in vielen Ländern Schleuser festgenommen. Die Opfer wurden in "
        "Sicherheit gebracht, und ihnen wird nun geholfen, damit sie nach Hause kommen."
    ),
    "Spanish": (
        "La policía detuvo a decenas de personas durante una operación en varios países. Las víctimas están"
        " a salvo y han recibido ayuda, pero la investigación sigue abierta para dar con los jefes."
    ),
    "Portuguese": (
        "A polícia prendeu dezenas de pessoas em uma operação que durou uma semana. As vítimas foram "
        "levadas para um lugar seguro e já receberam ajuda dos serviços sociais do país."
    ),
    "Italian": (
        "La polizia ha arrestato decine di persone durante un'operazione che è durata una settimana. Le "
        "vittime sono al sicuro e hanno già ricevuto aiuto dai servizi sociali della città."
    ),
    "Dutch": (
        "De politie heeft tientallen mensen opgepakt tijdens een actie die een week duurde. De slachtoffers"
        " zijn in veiligheid gebracht en krijgen nu hulp van de gemeente."
    ),
    "Polish": (
        "Policja zatrzymała kilkadziesiąt osób w czasie akcji, która trwała tydzień. Ofiary są już "
        "bezpieczne i otrzymały pomoc od miasta, ale śledztwo nie jest jeszcze zakończone."
    ),
    "Russian": ("Полиция задержала десятки человек во время операции, которая длилась неделю."),
    "Arabic": ("اعتقلت الشرطة عشرات الأشخاص خلال عملية استمرت أسبوعا في عدة دول من العالم."),
    "Chinese": (
        "警方在为期一周的行动中逮捕了数十人。受害者已被送往安全地点,并得到了社会服务部门"
        "的帮助。调查仍在继续,警方正在寻找幕后主使。"
    ),
}
ENGLISH = {
    "prose": (
        "The police arrested dozens of people in an operation that lasted a week. The victims are safe and "
        "have been given help by the social services of the city."
    ),
    "prose with foreign names": (
        "The café at the Place de la République, run by José Álvarez and his wife Zoë, was the first to "
        "offer crème brûlée to the visitors of the fête, and the mayor of São Paulo came to see it."
    ),
    "names": (
        "María de la Cruz, João da Silva, Ludwig van Beethoven, Søren Kierkegaard, Jean de La Fontaine, "
        "Łukasz Nowak, Zoë Müller, Anna von Humboldt, Émile Zola, Gabriel García Márquez, Dante degli "
        "Alighieri"
    ),
    "a table": "\n".join(f"| Zürich {n} | {n * 17} | {n}.5 | CHF |" for n in range(40)),
    "code": "\n".join(f"def value_{n}(self, index): return self.rows[index].total + {n}" for n in range(20)),
    "figures": " ".join(f"{n},517" for n in range(300)),
    "a short foreign text": "Bonjour tout le monde, ça va bien ?",
    "nothing": "",
}


UNKNOWN_SCRIPTS = ("Arabic", "Chinese")


@pytest.mark.parametrize("language", FOREIGN)
def test_only_a_text_in_another_script_is_noted(language: str) -> None:
    """Languages in Latin, Greek and Cyrillic letters are the embedder's own; others get the note."""
    expected = UNKNOWN_SCRIPT_NOTE if language in UNKNOWN_SCRIPTS else None
    assert expected == language_note(FOREIGN[language])


@pytest.mark.parametrize("kind", ENGLISH)
def test_what_is_short_or_no_prose_is_not_noted(kind: str) -> None:
    """English prose, names, tables, code and short texts get no note."""
    assert language_note(ENGLISH[kind]) is None


def test_only_the_beginning_decides() -> None:
    """A long appendix in another script makes no noted document."""
    assert language_note(40 * ENGLISH["prose"] + 200 * FOREIGN["Chinese"]) is None
    assert UNKNOWN_SCRIPT_NOTE == language_note(40 * FOREIGN["Arabic"] + ENGLISH["prose"])


@pytest.mark.parametrize("language", ["French", "German", "Spanish", "Portuguese", "Italian", "Dutch", "Polish"])
def test_prose_shows_its_language(language: str) -> None:
    """Two sentences are enough for their small words to tell."""
    assert {language} == languages_of(FOREIGN[language])


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie viele Menschen wurden festgenommen?", "German"),
        ("wann war die operation", "German"),
        ("Combien de personnes ont été arrêtées ?", "French"),
        ("¿Cuántas personas fueron detenidas?", "Spanish"),
        ("donde esta el museo", "Spanish"),
        ("Сколько человек арестовано?", "Cyrillic"),
        ("Πόσοι συνελήφθησαν;", "Greek"),
        ("How many people were arrested in La Paz?", "English"),
    ],
)
def test_a_question_shows_its_language(question: str, language: str) -> None:
    """Words of asking are enough in a short question; a place's foreign article isn't."""
    assert {language} == languages_of(question)


@pytest.mark.parametrize("text", ["", "Liberterra II arrests 2024", "María de Souza", "2,517", "Zürich Genève Basel"])
def test_names_figures_and_keywords_have_no_language(text: str) -> None:
    """What nothing tells is different from no language."""
    assert not languages_of(text)
    assert not are_different(languages_of(text), languages_of("How many people were arrested?"))


def test_bundled_cases_are_english() -> None:
    """No question of the bundled cases is taken for one in another language."""
    english = frozenset({"English"})
    cases = load_cases([data_folder("evals") / "cases"])
    assert not [case.question for case in cases if are_different(languages_of(case.question), english)]
